"""A table whose changes are shown: what its columns are called, and how their values are read."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Column, FromClause, String, select

from backoffice.console.presenters.cells import Cell, cell
from backoffice.console.presenters.gone_rows import GoneRow, gone_rows
from backoffice.drivers import as_written
from backoffice.extensions import db
from backoffice.history import Snapshot, readable
from backoffice.listing import Relation
from backoffice.models import RowKey, find_row, is_secret, parse_key
from backoffice.registry import column_label, registry, relations_of

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
        self.relations = dict(relations_of(self.view)) if self.view is not None else {}
        self.columns = {column.name: column for column in self._ordered()}
        self._names: dict[str, dict[object, str]] = {}
        self._gone: dict[str, dict[str, GoneRow]] = {}

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
        return column_label(self.name, column)

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

    def gone_rows(self, keys: Collection[object], column: str | None = None) -> dict[str, GoneRow]:
        """Rows of it that are known to be gone, by the text of their key; called by `column`, if given."""

        def name_in(snapshot: Snapshot, key: str) -> str | None:
            values = self.read(snapshot)
            name = str(values.get(column) or "") if column is not None else self.name_of(values, key)
            return None if name in ("", f"#{key}") else " ".join(name.split())

        return gone_rows(self.name, {str(key) for key in keys}, name_in)

    def learn_names(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Find out how the records are called that these rows refer to, or were called.

        One query for each relation, and two more where something is gone.
        """
        rows = list(rows)
        for column, relation in self.relations.items():
            referred = _held(rows, column)
            keys = _keys_among(referred, relation.key.property.columns[0].table)
            named = select(relation.key, relation.name_column).where(relation.key.in_(keys))
            found = {row[0]: row[1] for row in db.session.execute(named)} if keys else {}
            self._names[column], self._gone[column] = found, gone_of(relation, referred - found.keys())
        for name, known in self.columns.items():
            if known.foreign_keys and name not in self.relations and (referred := _held(rows, name)):
                self._gone[name] = _gone_of_key(known, referred)

    def cell(self, column: str, value: object) -> Cell:
        """A value as the pages show it; of a record that it refers to, the name and the number."""
        if value is None:
            return cell(None)
        if gone := self._gone.get(column, {}).get(str(value)):
            return gone.cell
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


def _held(rows: Iterable[Mapping[str, object]], column: str) -> set[object]:
    return {row[column] for row in rows if row.get(column) is not None}


def _keys_among(values: set[object], table: FromClause) -> set[object]:
    """Those that can be keys of a table."""
    return {value for value in values if parse_key(table, str(value)) == value}  # type: ignore[arg-type]


def _gone_of_key(column: Column[object], referred: set[object]) -> dict[str, GoneRow]:
    """What a foreign key refers to that is no relation of the view, as far as it is gone."""
    target = next(iter(column.foreign_keys)).column
    if [*target.table.primary_key] != [target]:
        return {}
    keys = _keys_among(referred, target.table)
    there = db.session.scalars(select(target).where(target.in_(keys))) if keys else ()
    return AuditedTable(target.table.name).gone_rows(referred - {*there})


def gone_of(relation: Relation, keys: Collection[object]) -> dict[str, GoneRow]:
    """What a relation refers to that is known to be gone, by the texts of the keys."""
    if not keys:
        return {}
    shown, table = (one.property.columns[0] for one in (relation.name_column, relation.key))
    return AuditedTable(table.table.name).gone_rows(keys, shown.name)


def column_labels(table: str | None, columns: Iterable[str]) -> list[str]:
    """What columns of a table are called; those that are not to be shown are skipped."""
    known = AuditedTable(table or "")
    return [known.label(name) for name in columns if name in known.columns]


def _as_text(name: object) -> object:
    """A name; bytes, which SQLite may have where a text should be, as its list shows them."""
    return as_written(name) if isinstance(name, bytes) else name
