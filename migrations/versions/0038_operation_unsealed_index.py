"""index of the operations that are not sealed yet"""

from migrations import guards

revision = "0038_operation_unsealed_index"
down_revision = "0037_operation_sealed"


def upgrade() -> None:
    guards.create_index(
        "ix_backoffice_operation_unsealed", "backoffice_operation", ["sealed_at", "finished_at"]
    )


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_unsealed", "backoffice_operation")
