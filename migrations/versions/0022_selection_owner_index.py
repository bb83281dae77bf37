"""index of selections by administrator"""

from migrations import guards

revision = "0022_selection_owner_index"
down_revision = "0021_selections_table"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_selection_administrator_id", "backoffice_selection", ["administrator_id"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_selection_administrator_id", "backoffice_selection")
