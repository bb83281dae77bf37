"""index of operations by actor"""

from migrations import guards

revision = "0014_operation_actor_index"
down_revision = "0013_operation_kind_index"


def upgrade() -> None:
    guards.create_index("ix_backoffice_operation_actor_name", "backoffice_operation", ["actor_name"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_operation_actor_name", "backoffice_operation")
