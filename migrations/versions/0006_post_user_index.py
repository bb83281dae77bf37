"""index of posts by user"""

from migrations import guards

revision = "0006_post_user_index"
down_revision = "0005_post_timestamp_index"


def upgrade() -> None:
    guards.create_index("ix_post_user_id", "post", ["user_id"])


def downgrade() -> None:
    guards.drop_index("ix_post_user_id", "post")
