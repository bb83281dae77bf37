"""A row as JSON that the database itself makes and reads, the same for one row as for a million.

What JSON cannot hold without loss is kept as a text, or as an object that names it: `{"hex": "00ff"}` for
bytes on SQLite and MariaDB, `{"real": "0.1"}` for a float on SQLite, which would round it. JSON is kept as
the text that it was. On PostgreSQL `to_jsonb` does the rest, and the type of the column reads it again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    type_coerce,
)
from sqlalchemy import column as column_named
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import Session
from sqlalchemy.types import String, UserDefinedType

from backoffice.models import RawColumn, RowJSON, raw_columns
from backoffice.statements import Expression

# What to select from too, and the expressions.
# A row as it is kept.
Snapshot = dict[str, object]
Values = tuple[list[FromClause], list[Expression]]

PREPARER = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
JSON_TYPES = ("json", "jsonb")
BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")
# SQLite's functions take at most 127 arguments, and each column is two of them.
COLUMNS_A_CALL = 50


def columns_of(session: Session, table: Table) -> Sequence[RawColumn]:
    """The columns that `table` has; read once in a transaction."""
    known: dict[str, Sequence[RawColumn]] = session.info.setdefault("columns", {})
    if table.name not in known:
        known[table.name] = raw_columns(session.connection(), table)
    return known[table.name]


def snapshot_of(session: Session, table: Table, only: Iterable[str] | None = None) -> ColumnElement[Snapshot]:
    """The expression that makes the image of a row of `table`, of all columns or of those named."""
    names = None if only is None else set(only)
    columns = [c for c in columns_of(session, table) if names is None or c.name in names]
    return type_coerce(_IMAGES[_dialect(session)](table, columns, names is None), RowJSON)


def values_in(session: Session, table: Table, snapshot: Expression, columns: Sequence[RawColumn]) -> Values:
    """What reads from an image what these columns held: what to select from too, and an expression each."""
    return _VALUES[_dialect(session)](table, snapshot, columns)


def key_text_of(session: Session, table: Table) -> ColumnElement[str]:
    """The expression that makes the text of a row's primary key, as `rows.key_text` does."""
    columns, dialect = list(table.primary_key), _dialect(session)
    if len(columns) == 1:
        return cast(columns[0], postgresql.TEXT() if dialect == "postgresql" else String(190))
    if dialect == "postgresql":
        return cast(func.json_build_array(*columns), postgresql.TEXT())
    if dialect != "sqlite":
        return func.json_array(*columns)
    # As the others write it, with a blank after each comma.
    parts: Expression = _joined([func.json_quote(column) for column in columns], ", ")
    whole: ColumnElement[str] = _text("[").concat(parts).concat(_text("]"))
    return whole


def _dialect(session: Session) -> str:
    name = session.connection().dialect.name
    return name if name in _IMAGES else "mysql"


# PostgreSQL


def _postgresql_snapshot(table: Table, columns: Sequence[RawColumn], whole: bool) -> Expression:
    if not whole:
        return func.jsonb_build_object(*_pairs(columns, lambda c: _postgresql_value(table, c)))
    snapshot: Expression = func.to_jsonb(table.table_valued(), type_=postgresql.JSONB)
    as_text = [column for column in columns if column.type in JSON_TYPES]
    if as_text:  # else a JSON null would be no value at all
        snapshot = snapshot.op("||")(
            func.jsonb_build_object(*_pairs(as_text, lambda c: _postgresql_value(table, c)))
        )
    return snapshot


def _postgresql_value(table: Table, column: RawColumn) -> Expression:
    stored = _in(table, column)
    return cast(stored, postgresql.TEXT) if column.type in JSON_TYPES else stored


def _postgresql_values(table: Table, snapshot: Expression, columns: Sequence[RawColumn]) -> Values:
    row_type = cast(null(), _Named(PREPARER.format_table(table)))
    row = (
        func.jsonb_populate_record(row_type, snapshot)
        .table_valued(*(c.name for c in columns))
        .lateral("stored")
    )
    return [row], [_postgresql_value_in(row, snapshot, column) for column in columns]


def _postgresql_value_in(row: FromClause, snapshot: Expression, column: RawColumn) -> Expression:
    if column.type in JSON_TYPES:
        return cast(snapshot.op("->>")(_text(column.name)), _Named(column.type))
    return row.columns[column.name]


class _Named(UserDefinedType[Any]):
    """A type by the database's own name for it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: object) -> str:
        return self.name


# SQLite, where a value has a type and a column hardly one


def _sqlite_snapshot(table: Table, columns: Sequence[RawColumn], _whole: bool) -> Expression:
    calls = [
        func.json_object(*_pairs(columns[first : first + COLUMNS_A_CALL], lambda c: _sqlite_value(table, c)))
        for first in range(0, len(columns), COLUMNS_A_CALL)
    ]
    snapshot: Expression = calls[0]
    for call in calls[1:]:
        snapshot = func.rtrim(snapshot, "}").concat(_text(",")).concat(func.substr(call, 2))
    return snapshot


def _sqlite_value(table: Table, column: RawColumn) -> Expression:
    value = _in(table, column)
    is_special = or_(func.typeof(value).in_([_text("blob"), _text("real")]), func.instr(value, func.char(0)))
    return case((is_special, func.json(func.backoffice_pack(value))), else_=value)


def _sqlite_values(_table: Table, snapshot: Expression, columns: Sequence[RawColumn]) -> Values:
    return [], [_sqlite_value_in(snapshot, column) for column in columns]


def _sqlite_value_in(snapshot: Expression, column: RawColumn) -> Expression:
    path = _path(column.name)
    value = func.json_extract(snapshot, path)
    return case(
        (func.json_type(snapshot, path) == _text("object"), func.backoffice_unpack(value)), else_=value
    )


# MariaDB


def _mariadb_snapshot(table: Table, columns: Sequence[RawColumn], _whole: bool) -> Expression:
    return func.json_object(*_pairs(columns, lambda c: _mariadb_value(table, c)))


def _mariadb_value(table: Table, column: RawColumn) -> Expression:
    value, kind = _in(table, column), _kind(column)
    if kind in BYTES:
        return case((value.is_not(None), func.json_object(_text("hex"), func.hex(value))))
    if kind == "float":  # whose text is rounded
        return value.op("+")(literal_column("0e0"))
    if kind == "bit":
        return value.op("+")(literal_column("0"))
    # What may be JSON would be taken for it, and not for a text.
    return func.concat(value, _text("")) if "text" in kind else value


def _mariadb_values(_table: Table, snapshot: Expression, columns: Sequence[RawColumn]) -> Values:
    return [], [_mariadb_value_in(snapshot, column) for column in columns]


def _mariadb_value_in(snapshot: Expression, column: RawColumn) -> Expression:
    if _kind(column) in BYTES:
        return func.unhex(func.json_value(snapshot, _text(f'$."{column.name}".hex')))
    value = func.json_value(snapshot, _path(column.name))
    # As a text, a digit would be the bits of its letter.
    return cast(value, mysql.INTEGER(unsigned=True)) if _kind(column) == "bit" else value


def _kind(column: RawColumn) -> str:
    """The name of its type: `varchar(64)` is `varchar`."""
    return column.type.partition("(")[0].partition(" ")[0]


_IMAGES: dict[str, Callable[[Table, Sequence[RawColumn], bool], Expression]] = {
    "postgresql": _postgresql_snapshot, "sqlite": _sqlite_snapshot, "mysql": _mariadb_snapshot,
}  # fmt: skip
_VALUES: dict[str, Callable[[Table, Expression, Sequence[RawColumn]], Values]] = {
    "postgresql": _postgresql_values, "sqlite": _sqlite_values, "mysql": _mariadb_values,
}  # fmt: skip


def _pairs(columns: Iterable[RawColumn], value: Callable[[RawColumn], Expression]) -> list[Expression]:
    return [part for column in columns for part in (_text(column.name), value(column))]


def _in(table: Table, column: RawColumn) -> Expression:
    """A column of the table, whether its model knows it or not; typed as nothing, to be taken as it is."""
    return column_named(column.name, _selectable=table)


def _joined(parts: Sequence[Expression], between: str) -> Expression:
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.concat(_text(between)).concat(part)
    return joined


def _path(name: str) -> ColumnElement[str]:
    return _text(f'$."{name}"')


def _text(text: str) -> ColumnElement[str]:
    """A text in the statement itself: names are the same for every row, and the plan may know them."""
    return literal_column("'" + text.replace("'", "''") + "'", String)
