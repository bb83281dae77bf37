"""when an operation was sealed"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0037_operation_sealed"
down_revision = "0036_seals_table"


def upgrade() -> None:
    guards.add_columns("backoffice_operation", sa.Column("sealed_at", UTCDateTime))


def downgrade() -> None:
    guards.drop_columns("backoffice_operation", "sealed_at")
