"""index of selections by time"""

from migrations import guards

revision = "0023_selection_created_index"
down_revision = "0022_selection_owner_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_selection_created_at", "backoffice_selection", ["created_at"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_selection_created_at", "backoffice_selection")
