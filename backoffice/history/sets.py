"""Changing many rows by one statement, each of them recorded: what the session's own events never see."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Delete,
    Insert,
    Integer,
    Select,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import any_ as any_of
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from backoffice.history.recording import count_changes
from backoffice.history.rows import Key, with_keys
from backoffice.history.snapshots import Snapshot, columns_of, key_text_of, snapshot_of, values_in
from backoffice.models import Change, Operation, RowJSON
from backoffice.statements import AnySelect, Expression

# An INSERT tells how many rows it made only if asked to.
COUNTED = {"preserve_rowcount": True}
RECORDED = ("operation_id", "table_name", "row_key", "action", "before", "after")


def among(session: Session, table: Table, keys: Collection[Key]) -> ColumnElement[bool]:
    """The condition that a row of `table` is one of these, which may be thousands."""
    columns, dialect = list(table.primary_key), session.connection().dialect.name
    if len(columns) > 1:
        return with_keys(table, keys)
    return is_one_of(columns[0], [key[0] for key in keys], dialect)


def is_one_of(column: ColumnElement[Any], values: Collection[object], dialect: str) -> ColumnElement[bool]:
    """The condition that a column is one of these values, sent as one parameter where that can be."""
    span = _span_of(values)
    if span is not None:  # a third faster than to look each of them up
        return column.between(*span)
    if dialect == "postgresql":
        return column == any_of(_array(column, values))
    if dialect == "sqlite":
        sent = literal(list(values), RowJSON)
        return column.in_(select(func.json_each(sent).table_valued("value").c.value))
    return column.in_(list(values))


def _array(column: ColumnElement[Any], values: Collection[object]) -> ColumnElement[object]:
    kind = postgresql.ARRAY(BigInteger() if isinstance(column.type, Integer) else column.type)
    if set(map(type, values)) == {int}:  # written at once: the driver would go through them one by one
        return cast(literal(f"{{{','.join(map(str, values))}}}", Text), kind)
    return literal(list(values), kind)


def _span_of(values: Collection[Any]) -> tuple[int, int] | None:
    """The first and the last of some whole numbers, where they are all that lie between these."""
    if set(map(type, values)) != {int}:
        return None
    first, last = min(values), max(values)
    return (first, last) if len(set(values)) == last - first + 1 else None


def by_key(session: Session, table: Table, statement: Any) -> Any:
    """Have MariaDB find rows by their keys, where it would walk a table of not many more from end to end.

    On its way it would wait for rows that others hold.
    """
    dialect = session.connection().dialect
    if not _walks(session):
        return statement
    hint = "FORCE INDEX (PRIMARY)"
    if isinstance(statement, Select):
        return statement.with_hint(table, hint, dialect.name)
    if isinstance(statement, Delete):  # which takes a hint in this form only
        hint = f"USING {dialect.identifier_preparer.format_table(table)} {hint}"
    return statement.with_hint(hint, table, dialect.name)


def _walks(session: Session) -> bool:
    return session.connection().dialect.name not in ("postgresql", "sqlite")


def lock_rows(
    session: Session,
    table: Table,
    condition: ColumnElement[bool],
    *,
    most: int | None = None,
) -> list[Key]:
    """The keys of the rows that meet `condition`, locked; `most` at most, in no order.

    Where `session.info["skip_locked"]` is set, those that others hold are skipped and not waited for.
    """
    # Not in order: with a limit, PostgreSQL would rather walk the whole table than sort a few rows.
    return _lock(session, select(*table.primary_key).where(condition).limit(most))


def lock_keys(session: Session, table: Table, keys: Collection[Key], *also: ColumnElement[bool]) -> list[Key]:
    """The same for those of these rows that meet the conditions `also`; no other row is waited for."""
    if not keys:
        return []
    statement = select(*table.primary_key).where(among(session, table, keys), *also)
    return _lock(session, by_key(session, table, statement))


def _lock(session: Session, statement: AnySelect) -> list[Key]:
    skip = bool(session.info.get("skip_locked"))
    locked = session.connection().execute(statement.with_for_update(skip_locked=skip))
    return [tuple(row) for row in locked]


def delete_rows(
    session: Session, act: Operation, table: Table, keys: Collection[Key], *also: ColumnElement[bool]
) -> int:
    """Delete these rows, as far as they meet the conditions `also`, and record them; returns how many it
    were.

    With such conditions on another database than PostgreSQL, the rows must have been locked before.
    """
    if not keys:
        return 0
    condition = and_(among(session, table, keys), *also)
    if session.connection().dialect.name == "postgresql":
        deleted = _delete_and_keep(session, act, table, condition)
    else:
        deleted = _keep(session, act, table, condition, "delete", snapshot_of(session, table), null())
        _change_locked(session, table, keys, delete(table).where(*also))
    count_changes(session, act, deleted)
    return deleted


def delete_all_rows(
    session: Session, act: Operation, table: Table, keys: Collection[Key], *also: ColumnElement[bool]
) -> bool:
    """The same without locking them first, if all of them meet the conditions; else nothing is changed.

    Returns whether it is done. On MariaDB it is not, where another one may write meanwhile.
    """
    if _walks(session):
        return False
    changed_before = act.changed_rows
    with session.connection().begin_nested() as attempt:
        if delete_rows(session, act, table, keys, *also) == len(keys):
            return True
        attempt.rollback()
    set_committed_value(act, "changed_rows", changed_before)
    return False


def _delete_and_keep(session: Session, act: Operation, table: Table, condition: ColumnElement[bool]) -> int:
    """PostgreSQL can do both at once, reading each row once."""
    key, snapshot = key_text_of(session, table).label("key"), snapshot_of(session, table).label("snapshot")
    gone = delete(table).where(condition).returning(key, snapshot).cte("gone")
    rows = select(
        literal(act.id), literal(table.name), gone.c.key, literal("delete"), gone.c.snapshot, null()
    )
    kept = session.connection().execute(_recording(rows), execution_options=COUNTED)
    return int(kept.rowcount)


def update_rows(
    session: Session, act: Operation, table: Table, keys: Collection[Key], after: Mapping[str, object]
) -> int:
    """Give these rows the values in `after`, and record those that had others; returns how many they were.

    `after` has the values as an image has them: see `stored_values`.
    """
    if not keys:
        return 0
    by_name = values_of(session, table, after)
    differs = or_(*(table.columns[name].is_distinct_from(value) for name, value in by_name.items()))
    before = snapshot_of(session, table, after)
    condition = among(session, table, keys) & differs
    changed = _keep(session, act, table, condition, "update", before, literal(after, RowJSON))
    _change_locked(session, table, keys, update(table).where(differs).values(by_name))
    count_changes(session, act, changed)
    return changed


def _change_locked(session: Session, table: Table, keys: Collection[Key], statement: Update | Delete) -> None:
    """Carry out a statement on those of these rows that meet its own conditions."""
    if _walks(session) and session.info.get("skip_locked"):
        # Some rows are held by others: these were skipped, and one by one none is walked over.
        columns = list(table.primary_key)
        names = [f"key_{number}" for number in range(len(columns))]
        this = [column == bindparam(name) for column, name in zip(columns, names, strict=True)]
        rows = [dict(zip(names, key, strict=True)) for key in keys]
        session.connection().execute(statement.where(*this), rows)
        return
    session.connection().execute(by_key(session, table, statement.where(among(session, table, keys))))


def values_of(session: Session, table: Table, snapshot: Mapping[str, object]) -> dict[str, Expression]:
    """An expression for each value of an image, by the names of its columns."""
    columns = [column for column in columns_of(session, table) if column.name in snapshot]
    sources, values = values_in(session, table, literal(snapshot, RowJSON), columns)
    if sources:
        values = [select(value).select_from(*sources).scalar_subquery() for value in values]
    return {column.name: value for column, value in zip(columns, values, strict=True)}


def stored_values(session: Session, table: Table, key: Key, values: Mapping[str, object]) -> Snapshot | None:
    """These values as an image has them once they are stored in that row, which is left as it is.

    None where there is no such row.
    """
    this = with_keys(table, [key])
    with session.begin_nested() as trial:
        session.connection().execute(update(table).where(this).values(dict(values)))
        stored: Snapshot | None = session.connection().scalar(
            select(snapshot_of(session, table, values)).where(this)
        )
        trial.rollback()
    return stored


def _keep(
    session: Session,
    act: Operation,
    table: Table,
    condition: ColumnElement[bool],
    action: str,
    before: Expression,
    after: Expression,
) -> int:
    rows = select(
        literal(act.id), literal(table.name), key_text_of(session, table), literal(action), before, after
    )
    rows = by_key(session, table, rows.where(condition).order_by(*table.primary_key))
    kept = session.connection().execute(_recording(rows), execution_options=COUNTED)
    return int(kept.rowcount)


def _recording(rows: AnySelect) -> Insert:
    return insert(Change).from_select(RECORDED, rows, include_defaults=False)
