"""The records of a table as cells: of a list, of a small table, of a record's own page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import select

from backoffice.console.presenters import Cell, GoneRow, cell, gone_of
from backoffice.extensions import db
from backoffice.listing import Column, Kind, Relation
from backoffice.models import RowKey
from backoffice.registry import Heading, registry
from backoffice.statements import AnyRow

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class RecordCells:
    """What the pages show of the records of a view."""

    def __init__(self, view: "RecordView") -> None:
        self._view = view

    def of_rows(self, rows: Sequence[object], columns: Sequence[Column]) -> list[list[Cell]]:
        """The values of rows that were read with `columns`, as the pages show them."""
        gone = {column.name: self._gone(rows, column) for column in columns if isinstance(column, Relation)}
        return [[self._cell(one, getattr(row, one.name), row, gone) for one in columns] for row in rows]

    def _gone(self, rows: Sequence[object], relation: Relation) -> Mapping[str, GoneRow]:
        """What the rows refer to that is gone; asked for only where something has no name."""
        keys = {getattr(row, f"{relation.name}_key") for row in rows if getattr(row, relation.name) is None}
        keys -= {None}
        there = select(relation.key).where(relation.key.in_(keys))
        return gone_of(relation, keys - set(db.session.scalars(there))) if keys else {}

    def _cell(
        self, column: Column, value: object, row: object, gone: Mapping[str, Mapping[str, GoneRow]]
    ) -> Cell:
        """One value; the record's name leads to the record, a relation to the other one."""
        view = self._view
        if column.name == view.columns.key.name:
            return Cell("text", f"#{value}")
        if isinstance(column, Relation):
            key = getattr(row, f"{column.name}_key", None)
            missing = gone[column.name].get(str(key)) if value is None else None
            return cell(value, self.related_url(column, key)) if missing is None else missing.cell
        if column.name == view.name_column:
            return cell(value, self._record_url(getattr(row, view.columns.key.name, None)))
        return cell(value)

    def _record_url(self, key: RowKey | None) -> str | None:
        urls = self._view.urls
        return None if key is None else urls.edit(key) or urls.details(key)

    def related_url(self, relation: Relation, key: RowKey | None) -> str | None:
        """The page of the record that one refers to, if there is one that this person may open."""
        other = registry().view_of(relation.link.property.mapper.class_)
        return other.details_url(key) if key is not None and other and other.allows("view") else None

    def row_or_404(self, key: RowKey) -> AnyRow:
        """What a record's own page shows of it, in one query."""
        columns = self._view.columns
        statement = columns.select_with_keys(self._view.details_columns)
        row = db.session.execute(statement.where(columns.key.attribute == key)).one_or_none()
        return row if row is not None else abort(404)

    def facts(self, row: object) -> Iterator[tuple[str, Cell]]:
        """The same, as the page shows it."""
        view = self._view
        key = getattr(row, view.columns.key.name)
        own = view.urls.details(key), view.urls.edit(key)
        (cells,) = self.of_rows([row], view.details_columns)
        for column, one in zip(view.details_columns, cells, strict=True):
            yield str(column.label), one._replace(url=None) if one.url in own else one

    def sample(self, keys: Sequence[RowKey]) -> list[list[Cell]]:
        """The records with these keys, in this order, for a small table."""
        columns = self._view.columns
        statement = columns.select_with_keys(columns.shown).where(columns.key.attribute.in_(keys))
        rows = {getattr(row, columns.key.name): row for row in db.session.execute(statement)}
        return self.of_rows([rows[key] for key in keys if key in rows], columns.shown)

    def headings(self) -> list[Heading]:
        """The headings of such a table."""
        return [self.heading(column) for column in self._view.columns.shown]

    def heading(self, column: Column) -> Heading:
        """A column as the tables' headings show it."""
        is_key = column.name == self._view.columns.key.name
        kind = "key" if is_key else "datetime" if column.kind is Kind.TIME else "text"
        wide = column.name == self._view.wide_column
        return {"name": column.name, "label": column.label, "kind": kind, "wide": wide}
