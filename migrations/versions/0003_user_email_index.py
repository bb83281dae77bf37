"""index of users by email"""

from migrations import guards

revision = "0003_user_email_index"
down_revision = "0002_user_username_index"


def upgrade() -> None:
    guards.create_index("ix_user_email", "user", ["email"], unique=True)


def downgrade() -> None:
    guards.drop_index("ix_user_email", "user")
