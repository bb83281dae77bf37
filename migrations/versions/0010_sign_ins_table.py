"""sign-ins table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0010_sign_ins_table"
down_revision = "0009_administrators_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_sign_in",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("token_digest", sa.String(64), unique=True, nullable=False),
        sa.Column("address", sa.String(45)),
        sa.Column("user_agent", sa.String(255)),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("last_seen_at", UTCDateTime, nullable=False),
        sa.Column("ended_at", UTCDateTime),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_sign_in")
