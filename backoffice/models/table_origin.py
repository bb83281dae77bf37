"""Which of the two application tables the console found, and which it made."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import UTCDateTime


class TableOrigin(Model):
    """Written before the first migration changes anything; an adopted table is never dropped or altered."""

    __tablename__ = "backoffice_table_origin"

    table_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    adopted: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
