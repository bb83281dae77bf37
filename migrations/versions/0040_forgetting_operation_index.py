"""index of forgettings by what was forgotten"""

from migrations import guards

revision = "0040_forgetting_operation_index"
down_revision = "0039_forgettings_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_forgetting_operation_id", "backoffice_forgetting", ["operation_id"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_forgetting_operation_id", "backoffice_forgetting")
