"""index of operations by person, table and time"""

from migrations import guards

revision = "0068_operation_by_actor_table"
down_revision = "0067_operation_by_actor_kind"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_operation_by_actor_table",
        "backoffice_operation",
        ["actor_name", "table_name", "started_at", "id"],
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_by_actor_table", "backoffice_operation")
