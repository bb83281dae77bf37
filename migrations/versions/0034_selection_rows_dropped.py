"""selections without a row for each key"""

import sqlalchemy as sa
from alembic import op

from backoffice.models.types import BigKey
from migrations import guards

revision = "0034_selection_rows_dropped"
down_revision = "0033_selection_pages_table"


def upgrade() -> None:
    # What was being asked when the console was updated is asked again.
    op.drop_table("backoffice_selection_row", if_exists=True)


def downgrade() -> None:
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
