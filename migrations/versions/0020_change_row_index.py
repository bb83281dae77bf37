"""index of changes by row"""

from migrations import guards

revision = "0020_change_row_index"
down_revision = "0019_change_operation_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_change_row", "backoffice_change", ["table_name", "row_key"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_change_row", "backoffice_change")
