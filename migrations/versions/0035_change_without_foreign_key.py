"""changes that are not looked up in the operations, one by one, as they are written"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, RowJSON
from migrations import guards

revision = "0035_change_without_foreign_key"
down_revision = "0034_selection_rows_dropped"


def upgrade() -> None:
    # A third of the time in which a hundred thousand rows are deleted and kept went into this.
    guards.drop_foreign_keys("backoffice_change", _changes())


def downgrade() -> None:
    guards.add_foreign_key("backoffice_change", "operation_id", "backoffice_operation", _changes())


def _changes() -> sa.Table:
    """The table as it is without, for SQLite, which has to make it anew."""
    return sa.Table(
        "backoffice_change",
        sa.MetaData(),
        sa.Column("id", BigKey, primary_key=True),
        sa.Column("operation_id", BigKey, nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("row_key", sa.String(190), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("before", RowJSON),
        sa.Column("after", RowJSON),
        sa.Column("source_id", BigKey),
        sa.Index("ix_backoffice_change_operation_id", "operation_id"),
        sa.Index("ix_backoffice_change_row", "table_name", "row_key"),
        sqlite_autoincrement=True,
    )
