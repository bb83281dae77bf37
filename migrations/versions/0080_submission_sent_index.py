"""index of submissions by time"""

from migrations import guards

revision = "0080_submission_sent_index"
down_revision = "0079_submissions_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_submission_sent_at", "backoffice_submission", ["sent_at"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_submission_sent_at", "backoffice_submission")
