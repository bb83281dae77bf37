"""An authentication event: a login, a failure, a refusal, a probe, a change of access."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import BigKey, UTCDateTime


class SecurityEvent(Model):
    """`kind` is a typed name, `sign-in:refused`; `facts` what there is to know beside it, as JSON in ASCII.

    `administrator_id` is whose access it was about, where that is known; without a foreign key, since it
    stays when they go. Nothing here is a secret.
    """

    __tablename__ = "backoffice_security_event"
    __table_args__ = (
        Index("ix_backoffice_security_event_of", "administrator_id", "at"),
        Index("ix_backoffice_security_event_by_name", "name", "at", "id"),
        Index("ix_backoffice_security_event_by_kind", "kind", "at", "id"),
        Index("ix_backoffice_security_event_by_address", "address", "at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    kind: Mapped[str] = mapped_column(String(64))
    administrator_id: Mapped[int | None] = mapped_column()
    name: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[str] = mapped_column(Text, default="{}")
