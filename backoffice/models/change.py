"""One row before and after an operation."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.extensions import Model
from backoffice.models.operation import Operation
from backoffice.models.types import BigKey, RowJSON


class Change(Model):
    """`before` and `after` hold columns by name; an update keeps only those that differ.

    A deletion keeps every column that the table has, also those that the models do not know.
    """

    __tablename__ = "backoffice_change"
    __table_args__ = (
        Index("ix_backoffice_change_row", "table_name", "row_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    operation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("backoffice_operation.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(64))
    row_key: Mapped[str] = mapped_column(String(190))
    action: Mapped[str] = mapped_column(String(8))
    before: Mapped[dict[str, Any] | None] = mapped_column(RowJSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(RowJSON)

    operation: Mapped[Operation] = relationship()
