"""index of security events by time"""

from migrations import guards

revision = "0054_security_event_at_index"
down_revision = "0053_security_events_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_security_event_at", "backoffice_security_event", ["at"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_security_event_at", "backoffice_security_event")
