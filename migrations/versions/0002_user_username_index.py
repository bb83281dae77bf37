"""index of users by username"""

from migrations import guards

revision = "0002_user_username_index"
down_revision = "0001_users_table"


def upgrade() -> None:
    guards.create_index("ix_user_username", "user", ["username"], unique=True)


def downgrade() -> None:
    guards.drop_index("ix_user_username", "user")
