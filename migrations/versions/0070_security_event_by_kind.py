"""index of security events by kind and time"""

from migrations import guards

revision = "0070_security_event_by_kind"
down_revision = "0069_security_event_by_name"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_security_event_by_kind", "backoffice_security_event", ["kind", "at", "id"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_security_event_by_kind", "backoffice_security_event")
