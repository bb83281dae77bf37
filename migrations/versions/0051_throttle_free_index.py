"""index of throttles by time"""

from migrations import guards

revision = "0051_throttle_free_index"
down_revision = "0050_throttles_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_throttle_free_at", "backoffice_throttle", ["free_at"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_throttle_free_at", "backoffice_throttle")
