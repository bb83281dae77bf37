"""index of operations by time"""

from migrations import guards

revision = "0017_operation_started_index"
down_revision = "0016_operation_undoes_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_operation_started_at", "backoffice_operation", ["started_at"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_started_at", "backoffice_operation")
