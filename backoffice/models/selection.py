"""The rows that a person chose to act on, kept by the server until they confirm."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import BigKey, UTCDateTime


class Selection(Model):
    """Bound to the person who made it; runs once, after which `operation_id` says as what."""

    __tablename__ = "backoffice_selection"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    administrator_id: Mapped[int] = mapped_column(
        ForeignKey(Administrator.id, ondelete="CASCADE"), index=True
    )
    table_name: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True, default=utcnow)
    operation_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("backoffice_operation.id", ondelete="SET NULL")
    )


class SelectionRow(Model):
    """One row of a selection, by the text of its primary key."""

    __tablename__ = "backoffice_selection_row"

    selection_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey(Selection.id, ondelete="CASCADE"), primary_key=True
    )
    row_key: Mapped[str] = mapped_column(String(190), primary_key=True)
