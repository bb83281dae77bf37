"""administrators table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0009_administrators_table"
down_revision = "0008_email_any_case"


def upgrade() -> None:
    guards.create_table(
        "backoffice_administrator",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), unique=True, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(128)),
        sa.Column("granted_at", UTCDateTime, nullable=False),
        sa.Column("granted_by", sa.String(64)),
        sa.Column("disabled_at", UTCDateTime),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_administrator")
