"""passkeys table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0045_passkeys_table"
down_revision = "0044_proof_of_sign_ins"


def upgrade() -> None:
    guards.create_table(
        "backoffice_passkey",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("credential_digest", sa.String(64), unique=True, nullable=False),
        sa.Column("public_key", sa.LargeBinary(4096), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("user_handle", sa.String(64), nullable=False),
        sa.Column("transports", sa.String(100)),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("last_used_at", UTCDateTime),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_passkey")
