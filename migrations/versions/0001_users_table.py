"""users table"""

import sqlalchemy as sa

from migrations import guards

revision = "0001_users_table"
down_revision = None
# The table of the application that is lost below this.
makes = "user"


def upgrade() -> None:
    guards.create_table(
        "user",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("username", sa.String(64)),
        sa.Column("email", sa.String(120)),
        sa.Column("password_hash", sa.String(128)),
    )


def downgrade() -> None:
    guards.drop_table("user")
