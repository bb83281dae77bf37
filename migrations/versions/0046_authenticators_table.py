"""authenticators table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0046_authenticators_table"
down_revision = "0045_passkeys_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_authenticator",
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("encrypted_secret", sa.String(255), nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_authenticator")
