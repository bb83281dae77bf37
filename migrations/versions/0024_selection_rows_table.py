"""rows of selections table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey
from migrations import guards

revision = "0024_selection_rows_table"
down_revision = "0023_selection_created_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_selection_row",
        sa.Column(
            "selection_id",
            BigKey,
            sa.ForeignKey("backoffice_selection.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("row_key", sa.String(190), primary_key=True),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_selection_row")
