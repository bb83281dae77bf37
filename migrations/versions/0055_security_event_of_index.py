"""index of security events by person"""

from migrations import guards

revision = "0055_security_event_of_index"
down_revision = "0054_security_event_at_index"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_security_event_of", "backoffice_security_event", ["administrator_id", "at"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_security_event_of", "backoffice_security_event")
