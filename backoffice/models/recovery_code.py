"""A code that stands in for a lost second factor, once."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import UTCDateTime


class RecoveryCode(Model):
    """The digest of a code: it has so many random bits that nobody finds it by its digest."""

    __tablename__ = "backoffice_recovery_code"

    administrator_id: Mapped[int] = mapped_column(
        ForeignKey(Administrator.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
