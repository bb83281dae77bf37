"""who goes on with an operation, and what it waits for"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0072_stops_of_operations"
down_revision = "0071_security_event_by_address"


def upgrade() -> None:
    guards.add_columns(
        "backoffice_operation",
        sa.Column("holder", sa.String(64)),
        sa.Column("waits_for", sa.String(32)),
        sa.Column("waits_since", UTCDateTime),
    )


def downgrade() -> None:
    guards.drop_columns("backoffice_operation", "waits_since", "waits_for", "holder")
