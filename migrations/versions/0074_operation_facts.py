"""what operations were about, as facts"""

import sqlalchemy as sa

from backoffice.models.types import RowJSON
from migrations import guards

revision = "0074_operation_facts"
down_revision = "0073_readers_of_selections"


def upgrade() -> None:
    guards.add_columns("backoffice_operation", sa.Column("facts", RowJSON))


def downgrade() -> None:
    guards.drop_columns("backoffice_operation", "facts")
