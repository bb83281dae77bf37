"""selections of all rows that match"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, RowJSON, UTCDateTime
from migrations import guards

revision = "0031_selection_of_all"
down_revision = "0030_change_source"


def upgrade() -> None:
    guards.add_columns(
        "backoffice_selection",
        sa.Column("matching", RowJSON),
        sa.Column("rows", BigKey, nullable=False, server_default="0"),
        sa.Column("frozen_at", UTCDateTime),
        sa.Column("lease_until", UTCDateTime),
    )


def downgrade() -> None:
    guards.drop_columns("backoffice_selection", "matching", "rows", "frozen_at", "lease_until")
