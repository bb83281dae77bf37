"""How much of a limit is used up."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.extensions import Model
from backoffice.models.types import UTCDateTime


class Throttle(Model):
    """One for each limit and subject, which is kept as a digest: people type passwords where a name belongs.

    The limit is used to the extent that `free_at` lies in the future; from then on nothing of it is.
    `refused` counts how often somebody was turned away since somebody last was not.
    """

    __tablename__ = "backoffice_throttle"

    limit_name: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    refused: Mapped[int] = mapped_column(default=0)
