"""index of operations by person without time"""

from alembic import op

from migrations import guards

revision = "0062_operation_actor_dropped"
down_revision = "0061_operation_by_actor_index"


def upgrade() -> None:
    op.drop_index("ix_backoffice_operation_actor_name", "backoffice_operation", if_exists=True)


def downgrade() -> None:
    guards.create_index("ix_backoffice_operation_actor_name", "backoffice_operation", ["actor_name"])
