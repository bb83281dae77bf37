"""One row before and after an operation."""

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from backoffice.extensions import Model
from backoffice.models.operation import Operation
from backoffice.models.types import BigKey, RowJSON, bytewise

# Elsewhere than on MariaDB an index can be of some rows only.
IS_DELETION = "action = 'delete'"


class Change(Model):
    """`before` and `after` hold columns by name; an update keeps only those that differ.

    A deletion keeps every column that the table has, also those that the models do not know. A row that is
    put back, or taken away again, is not kept twice: `source_id` is the change that holds its image, and is a
    change of the operation that this one's undoes, or of one that that one undoes. Where none of the three
    is there, the content was forgotten.
    """

    __tablename__ = "backoffice_change"
    __table_args__ = (
        Index("ix_backoffice_change_by_row", "table_name", "row_key", "id"),
        # For the trash: operation by operation, so that one that was undone is passed over at once.
        Index(
            "ix_backoffice_change_deleted",
            *("table_name", "action", "operation_id", "id"),
            postgresql_where=text(IS_DELETION),
            sqlite_where=text(IS_DELETION),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    # No foreign key: it would be looked up for each of a million rows, and operations are never deleted.
    operation_id: Mapped[int] = mapped_column(BigKey, index=True)
    table_name: Mapped[str] = mapped_column(bytewise(64))
    row_key: Mapped[str] = mapped_column(bytewise(190))
    action: Mapped[str] = mapped_column(String(8))
    before: Mapped[dict[str, object] | None] = mapped_column(RowJSON)
    after: Mapped[dict[str, object] | None] = mapped_column(RowJSON)
    source_id: Mapped[int | None] = mapped_column(BigKey)

    operation: Mapped[Operation] = relationship(
        primaryjoin=lambda: foreign(Change.operation_id) == Operation.id, viewonly=True
    )

    @property
    def is_forgotten(self) -> bool:
        """Whether it is only known that this row was changed, and not from what to what."""
        return self.before is None and self.after is None and self.source_id is None
