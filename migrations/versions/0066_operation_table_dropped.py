"""index of operations by table without time"""

from alembic import op

from migrations import guards

revision = "0066_operation_table_dropped"
down_revision = "0065_operation_by_table_kind"


def upgrade() -> None:
    op.drop_index("ix_backoffice_operation_table_name", "backoffice_operation", if_exists=True)


def downgrade() -> None:
    guards.create_index("ix_backoffice_operation_table_name", "backoffice_operation", ["table_name"])
