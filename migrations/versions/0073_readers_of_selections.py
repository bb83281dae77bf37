"""who reads the keys of a selection"""

import sqlalchemy as sa

from migrations import guards

revision = "0073_readers_of_selections"
down_revision = "0072_stops_of_operations"


def upgrade() -> None:
    guards.add_columns("backoffice_selection", sa.Column("holder", sa.String(64)))


def downgrade() -> None:
    guards.drop_columns("backoffice_selection", "holder")
