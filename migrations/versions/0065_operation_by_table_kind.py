"""index of operations by table, kind and time"""

from migrations import guards

revision = "0065_operation_by_table_kind"
down_revision = "0064_operation_kind_dropped"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_operation_by_table_kind",
        "backoffice_operation",
        ["table_name", "kind", "started_at", "id"],
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_by_table_kind", "backoffice_operation")
