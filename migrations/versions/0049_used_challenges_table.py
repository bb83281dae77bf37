"""used challenges table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0049_used_challenges_table"
down_revision = "0048_password_links_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_used_challenge",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("used_at", UTCDateTime, nullable=False),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_used_challenge")
