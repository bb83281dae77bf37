"""posts table"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0004_posts_table"
down_revision = "0003_user_email_index"
# The table of the application that is lost below this.
makes = "post"


def upgrade() -> None:
    guards.create_table(
        "post",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("body", sa.String(140)),
        sa.Column("timestamp", UTCDateTime),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user.id")),
    )


def downgrade() -> None:
    guards.drop_table("post")
