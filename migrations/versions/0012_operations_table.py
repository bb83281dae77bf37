"""operations table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey, UTCDateTime
from migrations import guards

revision = "0012_operations_table"
down_revision = "0011_sign_in_administrator_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_operation",
        sa.Column("id", BigKey, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor_name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(45)),
        sa.Column("request_id", sa.String(36)),
        sa.Column("table_name", sa.String(64)),
        sa.Column("selection", sa.Text()),
        sa.Column("expected_rows", BigKey, nullable=False),
        sa.Column("changed_rows", BigKey, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("undoes_id", BigKey, sa.ForeignKey("backoffice_operation.id")),
        sa.Column("started_at", UTCDateTime, nullable=False),
        sa.Column("finished_at", UTCDateTime),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_operation")
