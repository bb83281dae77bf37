"""throttles table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0050_throttles_table"
down_revision = "0049_used_challenges_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_throttle",
        sa.Column("limit_name", sa.String(32), primary_key=True),
        sa.Column("subject_digest", sa.String(64), primary_key=True),
        sa.Column("free_at", UTCDateTime, nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_throttle")
