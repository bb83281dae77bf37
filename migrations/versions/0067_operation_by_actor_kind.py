"""index of operations by person, kind and time"""

from migrations import guards

revision = "0067_operation_by_actor_kind"
down_revision = "0066_operation_table_dropped"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_operation_by_actor_kind",
        "backoffice_operation",
        ["actor_name", "kind", "started_at", "id"],
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_by_actor_kind", "backoffice_operation")
