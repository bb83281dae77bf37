"""forgettings table"""

import sqlalchemy as sa

from backoffice.models.types import BigKey
from migrations import guards

revision = "0039_forgettings_table"
down_revision = "0038_operation_unsealed_index"


def upgrade() -> None:
    guards.create_table(
        "backoffice_forgetting",
        sa.Column("id", BigKey, primary_key=True),
        sa.Column("operation_id", BigKey, nullable=False),
        sa.Column("by_id", BigKey, sa.ForeignKey("backoffice_operation.id"), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("content_digest", sa.String(64)),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    guards.drop_table("backoffice_forgetting")
