"""index of operations by kind"""

from migrations import guards

revision = "0013_operation_kind_index"
down_revision = "0012_operations_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_operation_kind", "backoffice_operation", ["kind"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_kind", "backoffice_operation")
