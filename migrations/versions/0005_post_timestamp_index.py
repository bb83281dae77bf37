"""index of posts by timestamp"""

from migrations import guards

revision = "0005_post_timestamp_index"
down_revision = "0004_posts_table"


def upgrade() -> None:
    guards.create_index("ix_post_timestamp", "post", ["timestamp"])


def downgrade() -> None:
    guards.drop_index("ix_post_timestamp", "post")
