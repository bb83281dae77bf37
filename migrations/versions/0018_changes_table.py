"""changes table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, RowJSON
from migrations import guards

revision = "0018_changes_table"
down_revision = "0017_operation_started_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_change",
        sa.Column("id", BigKey, primary_key=True),
        sa.Column("operation_id", BigKey, sa.ForeignKey("backoffice_operation.id"), nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("row_key", sa.String(190), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("before", RowJSON),
        sa.Column("after", RowJSON),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_change")
