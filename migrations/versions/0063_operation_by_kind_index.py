"""index of operations by kind and time"""

from migrations import guards

revision = "0063_operation_by_kind_index"
down_revision = "0062_operation_actor_dropped"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_operation_by_kind", "backoffice_operation", ["kind", "started_at", "id"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_by_kind", "backoffice_operation")
