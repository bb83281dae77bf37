"""submissions table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, LongText, UTCDateTime
from migrations import guards

revision = "0079_submissions_table"
down_revision = "0078_accents"


def upgrade() -> None:
    guards.create_table(
        "backoffice_submission",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("operation_id", BigKey),
        sa.Column("answer", LongText),
        sa.Column("sent_at", UTCDateTime, nullable=False),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_submission")
