"""index of changes by row, in their order"""

from migrations import guards

revision = "0058_change_by_row_index"
down_revision = "0057_selection_fence"


def upgrade() -> None:
    guards.create_index("ix_backoffice_change_by_row", "backoffice_change", ["table_name", "row_key", "id"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_change_by_row", "backoffice_change")
