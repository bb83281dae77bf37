"""An authenticator app of an administrator, which shows a new code every half minute (TOTP)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import UTCDateTime


class Authenticator(Model):
    """The secret that the app and the console share, encrypted.

    There is a row only once a first code has shown that the app has it. No code counts that is not of a later
    half minute than `last_step`: each works once.
    """

    __tablename__ = "backoffice_authenticator"

    administrator_id: Mapped[int] = mapped_column(
        ForeignKey(Administrator.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    encrypted_secret: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
