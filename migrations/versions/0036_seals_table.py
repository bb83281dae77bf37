"""seals table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, UTCDateTime
from migrations import guards

revision = "0036_seals_table"
down_revision = "0035_change_without_foreign_key"


def upgrade() -> None:
    guards.create_table(
        "backoffice_seal",
        sa.Column("position", BigKey, primary_key=True, autoincrement=False),
        sa.Column("operation_id", BigKey, nullable=False, unique=True),
        sa.Column("sealed_at", UTCDateTime, nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_seal")
