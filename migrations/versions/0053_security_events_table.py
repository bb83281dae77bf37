"""security events table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, UTCDateTime
from migrations import guards

revision = "0053_security_events_table"
down_revision = "0052_known_browsers_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_security_event",
        sa.Column("id", BigKey, primary_key=True),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("administrator_id", sa.Integer()),
        sa.Column("name", sa.String(64)),
        sa.Column("address", sa.String(45)),
        sa.Column("request_id", sa.String(32)),
        sa.Column("facts", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_security_event")
