"""index of operations by table"""

from migrations import guards

revision = "0015_operation_table_index"
down_revision = "0014_operation_actor_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_operation_table_name", "backoffice_operation", ["table_name"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_table_name", "backoffice_operation")
