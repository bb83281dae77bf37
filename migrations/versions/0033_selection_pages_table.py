"""keys of selections, many in a row"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, RowJSON
from migrations import guards

revision = "0033_selection_pages_table"
down_revision = "0032_selection_lease_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_selection_page",
        sa.Column(
            "selection_id",
            BigKey,
            sa.ForeignKey("backoffice_selection.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("keys", RowJSON, nullable=False),
        sa.Column("versions", RowJSON),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_selection_page")
