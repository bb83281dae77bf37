"""index of security events by name and time"""

from migrations import guards

revision = "0069_security_event_by_name"
down_revision = "0068_operation_by_actor_table"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_security_event_by_name", "backoffice_security_event", ["name", "at", "id"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_security_event_by_name", "backoffice_security_event")
