"""selections that count their leases"""

import sqlalchemy as sa

from migrations import guards

revision = "0057_selection_fence"
down_revision = "0056_search_indexes"


def upgrade() -> None:
    guards.add_columns(
        "backoffice_selection", sa.Column("fence", sa.Integer, nullable=False, server_default="0")
    )


def downgrade() -> None:
    guards.drop_columns("backoffice_selection", "fence")
