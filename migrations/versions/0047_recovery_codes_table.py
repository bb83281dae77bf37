"""recovery codes table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0047_recovery_codes_table"
down_revision = "0046_authenticators_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_recovery_code",
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("used_at", UTCDateTime),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_recovery_code")
