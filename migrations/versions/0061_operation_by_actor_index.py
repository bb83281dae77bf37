"""index of operations by person and time"""

from migrations import guards

revision = "0061_operation_by_actor_index"
down_revision = "0060_change_deleted_index"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_operation_by_actor", "backoffice_operation", ["actor_name", "started_at", "id"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_by_actor", "backoffice_operation")
