"""Recorded changes that are to be reverted, and whether their rows are still as they left them."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Numeric,
    SQLColumnExpression,
    Table,
    and_,
    case,
    cast,
    collate,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backoffice.history.content import CHANGES
from backoffice.history.rows import Key
from backoffice.history.sets import is_one_of
from backoffice.history.snapshots import Snapshot, columns_of, snapshot_of, values_in
from backoffice.models import RowJSON, RowKey, table_called
from backoffice.statements import Expression

# The change that holds the image of a row which came back, or went again.
SOURCES = CHANGES.alias("source")


class ChangeRecord(NamedTuple):
    """What there is to know of a change that is to be reverted; `columns` are those of an update."""

    id: int
    table: str
    key_text: str
    action: str
    source_id: int | None
    columns: str | None
    is_forgotten: bool


def span_of_changes(session: Session, operation_id: int) -> tuple[int, int]:
    """The ids of the first and the last change of an operation; where it has none, the last comes first."""
    # Counted too: for the ends alone, PostgreSQL would walk from the table's end to the last one.
    ends = select(func.min(CHANGES.c.id), func.max(CHANGES.c.id), func.count())
    first, last, _rows = (
        session.connection().execute(ends.where(CHANGES.c.operation_id == operation_id)).one()
    )
    return (1, 0) if first is None else (first, last)


def change_records(
    session: Session, operation_id: int, first: int, last: int, only: Collection[int] = ()
) -> list[ChangeRecord]:
    """The changes of an operation, latest first: with ids from `first` to `last`, and in `only`, if any.

    So the table is read in its own order; however many changes there are, they are not sorted.
    """
    c = CHANGES.c
    updated = case((c.action == "update", _names_in(session, c.after)))
    forgotten = and_(c.before.is_(None), c.after.is_(None), c.source_id.is_(None))
    statement = select(c.id, c.table_name, c.row_key, c.action, c.source_id, updated, forgotten)
    statement = statement.where(c.operation_id == operation_id, c.id.between(first, last))
    statement = statement.order_by(c.id.desc())
    if only:
        statement = statement.where(c.id.in_(only))
    return list(map(ChangeRecord._make, session.connection().execute(statement).all()))


def _names_in(session: Session, snapshot: Expression) -> Expression:
    """The names of the columns in an image as a JSON array, the same for all images of the same columns."""
    dialect = session.connection().dialect.name
    if dialect == "postgresql":
        names: Any = func.jsonb_object_keys(snapshot).column_valued("name")
        return select(cast(func.json_agg(names), postgresql.TEXT)).scalar_subquery()
    if dialect == "sqlite":
        names = func.json_each(snapshot).table_valued("key").c.key
        return select(func.json_group_array(names)).scalar_subquery()
    return func.json_keys(snapshot)


def updated_columns(changes: Sequence[ChangeRecord]) -> list[str]:
    """The columns of updates that are all of the same ones."""
    names: list[str] = json.loads(changes[0].columns or "[]")
    return names


def changed_table(session: Session, name: str) -> Table:
    """The table that a change names; read from the database, where it has to be, once in a transaction."""
    read: dict[str, Table] = session.info.setdefault("tables", {})
    if name not in read:
        read[name] = table_called(session.connection(), name)
    return read[name]


def key_in(table: Table, text: str) -> Key:
    """The primary key that the record of a change names by this text: see `rows.key_text`."""
    columns = list(table.primary_key)
    parts = [text] if len(columns) == 1 else json.loads(text)
    return tuple(_typed_value(one, part) for one, part in zip(columns, parts, strict=True))


def _typed_value(one: Column[object], part: RowKey) -> RowKey:
    return int(part) if isinstance(one.type, Integer) else part


def rows_there(session: Session, table: Table, changes: Sequence[ChangeRecord]) -> set[int]:
    """Those of these changes whose row is there, whatever it looks like by now."""
    joined = CHANGES.join(table, is_row_of(session, table, table))
    found = select(CHANGES.c.id).select_from(joined).where(these(session, changes))
    return set(session.connection().scalars(found))


def rows_unchanged(
    session: Session, table: Table, changes: Sequence[ChangeRecord], *, lock: bool = True
) -> set[int]:
    """Those of these changes, all of one action, whose row is there as they left it; locked, if asked.

    Where `session.info["skip_locked"]` is set, rows that others hold are skipped and not waited for.
    """
    joined: FromClause = CHANGES.join(table, is_row_of(session, table, table))
    snapshot: Expression = CHANGES.c.after
    names = None
    if changes[0].action == "update":
        names = updated_columns(changes)
    else:
        joined, snapshot = with_snapshots(joined, changes)
    found = select(CHANGES.c.id).select_from(joined).where(these(session, changes))
    found = found.where(_is_as_in(session, table, snapshot, names))
    if lock:
        found = found.with_for_update(of=table, skip_locked=bool(session.info.get("skip_locked")))
    return set(session.connection().scalars(found))


def _is_as_in(
    session: Session, table: Table, snapshot: Expression, names: list[str] | None
) -> ColumnElement[bool]:
    """Whether a row has, in every column of `snapshot`, just the value that stands there."""
    now = snapshot_of(session, table, names)
    if session.connection().dialect.name == "postgresql":
        same: ColumnElement[bool] = now.op("||")(snapshot) == now
        return same
    columns = [one for one in columns_of(session, table) if names is None or one.name in names]
    _, stored = values_in(session, table, snapshot, columns)
    _, present = values_in(session, table, now, columns)
    exactly = (lambda value: value) if _on_sqlite(session) else (lambda value: cast(value, LargeBinary))
    pairs = zip(stored, present, strict=True)
    return and_(*(exactly(one).is_not_distinct_from(exactly(two)) for one, two in pairs))


def _on_sqlite(session: Session) -> bool:
    return session.connection().dialect.name == "sqlite"


def these(session: Session, changes: Sequence[ChangeRecord]) -> ColumnElement[bool]:
    """The condition that a change is one of these."""
    return is_one_of(CHANGES.c.id, [change.id for change in changes], session.connection().dialect.name)


def with_snapshots(
    joined: FromClause, changes: Sequence[ChangeRecord]
) -> tuple[FromClause, ColumnElement[Snapshot]]:
    """Where the images of whole rows are, and the expression for them."""
    c, s = CHANGES.c, SOURCES.c
    if not any(change.source_id for change in changes):
        return joined, type_coerce(func.coalesce(c.before, c.after), RowJSON)
    joined = joined.outerjoin(SOURCES, s.id == c.source_id)
    return joined, type_coerce(func.coalesce(c.before, c.after, s.before, s.after), RowJSON)


def is_row_of(
    session: Session, table: Table, target: FromClause, text: SQLColumnExpression[str] = CHANGES.c.row_key
) -> ColumnElement[bool]:
    """The condition that a row of `target`, which is `table`, is the one that a change names by `text`."""
    columns, dialect = list(table.primary_key), session.connection().dialect.name
    if len(columns) == 1:
        mine: ColumnElement[bool] = target.c[columns[0].name] == _typed(dialect, columns[0], text)
        return mine
    parts = [(one, _part(dialect, text, number)) for number, one in enumerate(columns)]
    return and_(*(target.c[one.name] == _typed(dialect, one, part) for one, part in parts))


def _part(dialect: str, text: SQLColumnExpression[str], number: int) -> SQLColumnExpression[str]:
    if dialect == "postgresql":
        return cast(text, postgresql.JSONB).op("->>")(literal_column(str(number)))
    return (func.json_extract if dialect == "sqlite" else func.json_value)(text, f"$[{number}]")


def _typed(dialect: str, one: Column[object], text: SQLColumnExpression[str]) -> Expression:
    """The text of a key as the column has it, so that the column's index finds it."""
    if isinstance(one.type, Integer):
        # Of the widest type: the column may be wider than its model. MariaDB's has no sign only as a decimal.
        return cast(text, BigInteger() if dialect in ("sqlite", "postgresql") else Numeric(20))
    return collate(text, "default") if dialect == "postgresql" else text
