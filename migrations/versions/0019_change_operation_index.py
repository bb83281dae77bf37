"""index of changes by operation"""

from migrations import guards

revision = "0019_change_operation_index"
down_revision = "0018_changes_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_change_operation_id", "backoffice_change", ["operation_id"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_change_operation_id", "backoffice_change")
