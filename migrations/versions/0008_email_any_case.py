"""emails are unique regardless of case"""

from migrations import guards

revision = "0008_email_any_case"
down_revision = "0007_username_any_case"


def upgrade() -> None:
    guards.create_any_case_index("ix_user_email_lower", "user", "email")


def downgrade() -> None:
    guards.drop_index("ix_user_email_lower", "user")
