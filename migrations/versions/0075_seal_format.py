"""what a seal covers"""

import sqlalchemy as sa

from migrations import guards

revision = "0075_seal_format"
down_revision = "0074_operation_facts"


def upgrade() -> None:
    # What is there was made in the first format.
    guards.add_columns(
        "backoffice_seal", sa.Column("format", sa.Integer(), nullable=False, server_default="1")
    )


def downgrade() -> None:
    guards.drop_columns("backoffice_seal", "format")
