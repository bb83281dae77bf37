"""index of operations by the operation that they undo"""

from migrations import guards

revision = "0016_operation_undoes_index"
down_revision = "0015_operation_table_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_operation_undoes_id", "backoffice_operation", ["undoes_id"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_undoes_id", "backoffice_operation")
