"""selections table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, UTCDateTime
from migrations import guards

revision = "0021_selections_table"
down_revision = "0020_change_row_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_selection",
        sa.Column("id", BigKey, primary_key=True),
        sa.Column("token", sa.String(43), unique=True, nullable=False),
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("operation_id", BigKey, sa.ForeignKey("backoffice_operation.id", ondelete="SET NULL")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_selection")
