"""index of security events by address and time"""

from migrations import guards

revision = "0071_security_event_by_address"
down_revision = "0070_security_event_by_kind"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_security_event_by_address", "backoffice_security_event", ["address", "at", "id"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_security_event_by_address", "backoffice_security_event")
