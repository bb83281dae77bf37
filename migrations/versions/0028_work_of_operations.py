"""what a worker has to know of an operation"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, RowJSON, UTCDateTime
from migrations import guards

revision = "0028_work_of_operations"
down_revision = "0027_draft_updated_index"


def upgrade() -> None:
    guards.add_columns(
        "backoffice_operation",
        sa.Column("administrator_id", sa.Integer()),
        sa.Column("plan", RowJSON),
        sa.Column("report", RowJSON),
        sa.Column("position", BigKey, nullable=False, server_default="0"),
        sa.Column("began_at", UTCDateTime),
        sa.Column("heartbeat_at", UTCDateTime),
        sa.Column("lease_until", UTCDateTime),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cancel_at", UTCDateTime),
        sa.Column("cancel_by", sa.String(64)),
        sa.Column("forgotten_at", UTCDateTime),
    )


def downgrade() -> None:
    guards.drop_columns(
        "backoffice_operation",
        *("administrator_id", "plan", "report", "position", "began_at", "heartbeat_at"),
        *("lease_until", "fence", "cancel_at", "cancel_by", "forgotten_at"),
    )
