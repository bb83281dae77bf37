"""index of operations by kind without time"""

from alembic import op

from migrations import guards

revision = "0064_operation_kind_dropped"
down_revision = "0063_operation_by_kind_index"


def upgrade() -> None:
    op.drop_index("ix_backoffice_operation_kind", "backoffice_operation", if_exists=True)


def downgrade() -> None:
    guards.create_index("ix_backoffice_operation_kind", "backoffice_operation", ["kind"])
