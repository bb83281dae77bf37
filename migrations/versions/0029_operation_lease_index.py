"""index of unfinished operations"""

from migrations import guards

revision = "0029_operation_lease_index"
down_revision = "0028_work_of_operations"


def upgrade() -> None:
    guards.create_index("ix_backoffice_operation_lease_until", "backoffice_operation", ["lease_until"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_lease_until", "backoffice_operation")
