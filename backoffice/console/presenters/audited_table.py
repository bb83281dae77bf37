"""A table whose changes are shown: what its columns are called, and how their values are read."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Column, String, select

from backoffice.console.presenters.cells import Cell, cell
from backoffice.drivers import as_written
from backoffice.extensions import db
from backoffice.history import Snapshot, readable
from backoffice.listing import Relation
from backoffice.models import RowKey, find_row, is_secret, parse_key
from backoffice.registry import registry

# Of a longer text only the beginning is shown.
LONGEST_TEXT = 2_000


class AuditedTable:
    """The columns that may be shown are those that the model knows and that are not secret.

    A table without a view is called by its own name; one without a model has no columns that may be shown.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.view = registry().view_of(name)
        self.table = self.view.sql_table if self.view is not None else db.metadata.tables.get(name)
        self.relations = dict(self._relations())
        self.columns = {column.name: column for column in self._ordered()}
        self._names: dict[str, dict[object, str]] = {}

    @property
    def title(self) -> str:
        """What its records are called."""
        return str(self.view.title if self.view is not None else self.name)

    @property
    def singular(self) -> str:
        """What one of them is called."""
        return str(self.view.singular if self.view is not None else self.name)

    def record(self, key: str) -> object | None:
        """The record with this key, if it is there and the table has a view."""
        return None if self.view is None else find_row(db.session, self.view.model, key)

    def details_url(self, key: str) -> str | None:
        """Where the record is read, for those who may."""
        return self.view.details_url(key) if self.view is not None and self.view.allows("view") else None

    def label(self, column: str) -> str:
        """What a column is called."""
        if column in self.relations:
            return str(self.relations[column].label)
        if self.view is not None:
            attribute = self.view.model.__mapper__.get_property_by_column(self.columns[column]).key
            return str(self.view.columns[attribute].label)
        return column.replace("_", " ").capitalize()

    def read(self, snapshot: Snapshot | None) -> dict[str, object]:
        """Those values of an image that may be shown, by column, in the order in which they are."""
        known = {} if snapshot is None else snapshot
        return {name: readable(c.type, known[name]) for name, c in self.columns.items() if name in known}

    def name_of(self, values: Mapping[str, object], key: str) -> str:
        """What the record with these values is called."""
        if self.view is None:
            texts = (one.name for one in self.columns.values() if isinstance(one.type, String))
            return str(_as_text(values.get(next(texts, ""))) or f"#{key}")
        name = self.view.columns[self.view.name_column].attribute.property.columns[0].name
        return str(self.view.called(_as_text(values.get(name)), key))

    def learn_names(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Find out how the records are called that these rows refer to; one query for each relation."""
        rows = list(rows)
        for column, relation in self.relations.items():
            keys = {row[column] for row in rows if row.get(column) is not None}
            keys = {key for key in keys if parse_key(relation.key.property.columns[0].table, str(key)) == key}
            named = select(relation.key, relation.name_column).where(relation.key.in_(keys))
            self._names[column] = {row[0]: row[1] for row in db.session.execute(named)} if keys else {}

    def cell(self, column: str, value: object) -> Cell:
        """A value as the pages show it; of a record that it refers to, the name and the number."""
        if value is None:
            return cell(None)
        if column in self.relations and isinstance(value, int | str):
            return self._reference(column, value)
        known = self.columns[column]
        if known.primary_key or known.foreign_keys:
            return Cell("text", f"#{value}")
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            return Cell("text", f"{value[:LONGEST_TEXT]}…")
        return cell(value)

    def _reference(self, column: str, key: RowKey) -> Cell:
        name = self._names.get(column, {}).get(key)
        if key not in self._names.get(column, {}) or self.view is None:
            return Cell("text", f"#{key}")
        words = f"{name} #{key}" if name else f"#{key}"
        return Cell("text", words, self.view.related_url(self.relations[column], key))

    def _ordered(self) -> Iterator[Column[object]]:
        """First what the record's own page shows, in its order."""
        if self.table is None:
            return
        details = self.view.details_columns if self.view is not None else ()
        shown = [each.attribute.property.columns[0].name for each in details]
        names = dict.fromkeys([*shown, *self.table.columns.keys()])
        yield from (self.table.columns[name] for name in names if not is_secret(name))

    def _relations(self) -> Iterator[tuple[str, Relation]]:
        """The relations of the view, by the column that holds the key of the other record."""
        if self.view is None:
            return
        for name in self.view.relation_labels:
            relation = self.view.columns[name]
            if isinstance(relation, Relation):
                yield relation.attribute.property.columns[0].name, relation


def column_labels(table: str | None, columns: Iterable[str]) -> list[str]:
    """What columns of a table are called; those that are not to be shown are skipped."""
    known = AuditedTable(table or "")
    return [known.label(name) for name in columns if name in known.columns]


def _as_text(name: object) -> object:
    """A name; bytes, which SQLite may have where a text should be, as its list shows them."""
    return as_written(name) if isinstance(name, bytes) else name
