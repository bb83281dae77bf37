"""The rows that a person chose to act on, kept by the server until they confirm."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.row_key import RowKey
from backoffice.models.types import BigKey, RowJSON, UTCDateTime


class Selection(Model):
    """Bound to the person who made it; runs once, after which `operation_id` says as what.

    `matching` says which list these are the rows of, where all that match were chosen. Their keys are
    read behind the page that asks: until `frozen_at` is set they are not all there.
    """

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
    matching: Mapped[dict[str, Any] | None] = mapped_column(RowJSON)
    rows: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Until when a worker is believed to read the keys, and which; nothing where none has to.
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
    holder: Mapped[str | None] = mapped_column(String(64))


class SelectionPage(Model):
    """Some keys of a selection, in the order in which they will be acted on.

    `versions` are those of rows that were ticked: how each of them was shown.
    """

    __tablename__ = "backoffice_selection_page"

    selection_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey(Selection.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    keys: Mapped[list[RowKey]] = mapped_column(RowJSON)
    versions: Mapped[dict[str, str] | None] = mapped_column(RowJSON)
