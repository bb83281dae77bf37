"""when and how a sign-in was proved"""

import sqlalchemy as sa

from backoffice.models.types import UTCDateTime
from migrations import guards

revision = "0044_proof_of_sign_ins"
down_revision = "0043_made_up_passwords"


def upgrade() -> None:
    guards.add_columns(
        "backoffice_sign_in", sa.Column("proved_at", UTCDateTime), sa.Column("method", sa.String(20))
    )


def downgrade() -> None:
    guards.drop_columns("backoffice_sign_in", "proved_at", "method")
