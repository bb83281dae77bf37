"""index of changes by row without their order"""

from alembic import op

from migrations import guards

revision = "0059_change_row_index_dropped"
down_revision = "0058_change_by_row_index"


def upgrade() -> None:
    op.drop_index("ix_backoffice_change_row", "backoffice_change", if_exists=True)


def downgrade() -> None:
    guards.create_index("ix_backoffice_change_row", "backoffice_change", ["table_name", "row_key"])
