"""usernames are unique regardless of case"""

from migrations import guards

revision = "0007_username_any_case"
down_revision = "0006_post_user_index"


def upgrade() -> None:
    guards.create_any_case_index("ix_user_username_lower", "user", "username")


def downgrade() -> None:
    guards.drop_index("ix_user_username_lower", "user")
