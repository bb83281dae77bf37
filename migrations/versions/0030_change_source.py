"""where the image of a row stands that was put back"""

import sqlalchemy as sa

from backoffice.models.types import BigKey
from migrations import guards

revision = "0030_change_source"
down_revision = "0029_operation_lease_index"


def upgrade() -> None:
    guards.add_columns("backoffice_change", sa.Column("source_id", BigKey))


def downgrade() -> None:
    guards.drop_columns("backoffice_change", "source_id")
