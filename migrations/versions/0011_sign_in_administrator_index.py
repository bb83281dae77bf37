"""index of sign-ins by administrator"""

from migrations import guards

revision = "0011_sign_in_administrator_index"
down_revision = "0010_sign_ins_table"


def upgrade() -> None:
    guards.create_index("ix_backoffice_sign_in_administrator_id", "backoffice_sign_in", ["administrator_id"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_sign_in_administrator_id", "backoffice_sign_in")
