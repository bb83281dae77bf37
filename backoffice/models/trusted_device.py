"""A trusted device: a browser in which an administrator has signed in before."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import UTCDateTime


class TrustedDevice(Model):
    """It holds a cookie with a random token, this row its digest; it opens nothing.

    Whoever guesses at the administrator's password elsewhere uses up nothing of what this one may try.
    """

    __tablename__ = "backoffice_known_browser"
    __table_args__ = (
        # One device can be that of several people.
        UniqueConstraint("token_digest", "administrator_id", name="uq_backoffice_known_browser"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey(Administrator.id, ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_used_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
