"""index of drafts by time"""

from migrations import guards

revision = "0027_draft_updated_index"
down_revision = "0026_drafts_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_draft_updated_at", "backoffice_draft", ["updated_at"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_draft_updated_at", "backoffice_draft")
