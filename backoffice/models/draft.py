"""What a person has typed into a form and not saved yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import BigKey, LongText, UTCDateTime


class Draft(Model):
    """One for each person and form; the form of a new record is that of the empty key.

    `fields` holds the texts of the fields that were edited, `shown` the value that each field showed when the
    form was made. Both are JSON, written in ASCII: any database can hold whatever was typed.
    """

    __tablename__ = "backoffice_draft"
    __table_args__ = (
        UniqueConstraint("administrator_id", "table_name", "row_key", name="uq_backoffice_draft_form"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey(Administrator.id, ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(64))
    row_key: Mapped[str] = mapped_column(String(190))
    fields: Mapped[str] = mapped_column(LongText)
    shown: Mapped[str] = mapped_column(LongText)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True, default=utcnow)
