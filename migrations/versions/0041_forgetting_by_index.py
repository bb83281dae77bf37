"""index of forgettings by what forgot"""

from migrations import guards

revision = "0041_forgetting_by_index"
down_revision = "0040_forgetting_operation_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_forgetting_by_id", "backoffice_forgetting", ["by_id"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_forgetting_by_id", "backoffice_forgetting")
