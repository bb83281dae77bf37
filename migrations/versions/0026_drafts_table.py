"""drafts table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, LongText, UTCDateTime
from migrations import guards

revision = "0026_drafts_table"
down_revision = "0025_preferences_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_draft",
        sa.Column("id", BigKey, primary_key=True),
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("row_key", sa.String(190), nullable=False),
        sa.Column("fields", LongText, nullable=False),
        sa.Column("shown", LongText, nullable=False),
        sa.Column("updated_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("administrator_id", "table_name", "row_key", name="uq_backoffice_draft_form"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_draft")
