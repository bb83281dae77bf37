"""A challenge that was answered by a passkey, and can be answered no second time."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import UTCDateTime


class UsedChallenge(Model):
    """Challenges are signed and travel with the page; those that were answered are kept until they expire."""

    __tablename__ = "backoffice_used_challenge"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
