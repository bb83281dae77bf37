"""administrators whose password was made up"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0043_made_up_passwords"
down_revision = "0042_change_keys_in_byte_order"


def upgrade() -> None:
    guards.add_columns("backoffice_administrator", sa.Column("password_made_up_at", UTCDateTime))


def downgrade() -> None:
    guards.drop_columns("backoffice_administrator", "password_made_up_at")
