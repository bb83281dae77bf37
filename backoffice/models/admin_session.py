"""A session of an administrator in one browser: a row that can be ended."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import UTCDateTime


class AdminSession(Model):
    """The cookie holds a random token, this row its digest: the table alone opens nothing."""

    __tablename__ = "backoffice_sign_in"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    administrator_id: Mapped[int] = mapped_column(
        ForeignKey("backoffice_administrator.id", ondelete="CASCADE"), index=True
    )
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    remembered: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    # When it was last shown who this is, by the password or a passkey; and how at the beginning.
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=utcnow)
    method: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    administrator: Mapped[Administrator] = relationship(lazy="joined", innerjoin=True)
