"""what the digest of what is left covers"""

import sqlalchemy as sa

from migrations import guards

revision = "0076_forgetting_format"
down_revision = "0075_seal_format"


def upgrade() -> None:
    # What is there was made in the first format.
    guards.add_columns(
        "backoffice_forgetting", sa.Column("format", sa.Integer(), nullable=False, server_default="1")
    )


def downgrade() -> None:
    guards.drop_columns("backoffice_forgetting", "format")
