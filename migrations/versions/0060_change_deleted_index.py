"""index of deletions"""

from migrations import guards

revision = "0060_change_deleted_index"
down_revision = "0059_change_row_index_dropped"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_change_deleted",
        "backoffice_change",
        ["table_name", "action", "operation_id", "id"],
        where="action = 'delete'",
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_change_deleted", "backoffice_change")
