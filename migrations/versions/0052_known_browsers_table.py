"""known browsers table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0052_known_browsers_table"
down_revision = "0051_throttle_free_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_known_browser",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("last_used_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("token_digest", "administrator_id", name="uq_backoffice_known_browser"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_known_browser")
