"""Turning recorded changes round, many by one statement, each of them recorded anew.

A row that comes back, or goes again, is as an earlier change has it: its image is not kept twice, and
`source_id` says where it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Label,
    Table,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy import table as table_named
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from backoffice.history.change_records import (
    ChangeRecord,
    is_row_of,
    key_in,
    these,
    updated_columns,
    with_snapshots,
)
from backoffice.history.content import CHANGES
from backoffice.history.recording import count_changes
from backoffice.history.sets import among
from backoffice.history.snapshots import Snapshot, columns_of, values_in
from backoffice.models import Change, Operation, RawColumn
from backoffice.statements import AnySelect

RECORDED = ("operation_id", "table_name", "row_key", "action")


def restore_rows(session: Session, act: Operation, table: Table, changes: Sequence[ChangeRecord]) -> None:
    """Put deleted rows back as they were, and record that."""
    source, snapshot = with_snapshots(CHANGES, changes)
    columns = _columns_in(session, table, source, snapshot, changes[0])
    more, values = values_in(session, table, snapshot, columns)
    for one in more:
        source = source.join(one, true())
    rows = select(*values).select_from(source).where(these(session, changes)).order_by(CHANGES.c.id)
    names = [one.name for one in columns]
    put: type[Insert] = _Overriding if any(one.is_numbered for one in columns) else Insert
    target = table_named(table.name, *map(column, names))
    session.connection().execute(put(target).from_select(names, rows))
    _record_sourced(session, act, changes, "insert")


def _columns_in(
    session: Session, table: Table, source: FromClause, snapshot: ColumnElement[Snapshot], first: ChangeRecord
) -> Sequence[RawColumn]:
    """The columns that both the images and the table have; one that was added since takes its default."""
    statement = select(snapshot).select_from(source).where(CHANGES.c.id == first.id)
    kept = session.connection().scalars(statement).one()
    return [one for one in columns_of(session, table) if one.name in kept and not one.is_generated]


class _Overriding(Insert):
    """An INSERT that gives also those numbers which PostgreSQL insists on giving itself."""

    inherit_cache = True


@compiles(_Overriding, "postgresql")
def _overriding(element: Insert, compiler: Any, **options: object) -> str:
    text: str = compiler.visit_insert(element, **options)
    return text.replace(") SELECT ", ") OVERRIDING SYSTEM VALUE SELECT ", 1)


def remove_rows(session: Session, act: Operation, table: Table, changes: Sequence[ChangeRecord]) -> None:
    """Take created rows away again, and record that; they must be as they were left, and locked."""
    gone = among(session, table, [key_in(table, change.key_text) for change in changes])
    session.connection().execute(delete(table).where(gone))
    _record_sourced(session, act, changes, "delete")


def _record_sourced(session: Session, act: Operation, changes: Sequence[ChangeRecord], action: str) -> None:
    c = CHANGES.c
    rows = select(
        literal(act.id), c.table_name, c.row_key, literal(action), func.coalesce(c.source_id, c.id)
    ).where(these(session, changes))
    _record(session, act, (*RECORDED, "source_id"), rows.order_by(c.id), len(changes))


def revert_rows(session: Session, act: Operation, table: Table, changes: Sequence[ChangeRecord]) -> None:
    """Give rows the values back that they had before these changes, of the same columns, and record that."""
    names = set(updated_columns(changes))
    columns = [one for one in columns_of(session, table) if one.name in names and not one.is_generated]
    more, values = values_in(session, table, CHANGES.c.before, columns)
    source: FromClause = CHANGES
    for one in more:
        source = source.join(one, true())
    named: list[Label[object]] = [value.label(f"old_{number}") for number, value in enumerate(values)]
    old = select(CHANGES.c.row_key, *named).select_from(source).where(these(session, changes)).subquery("old")
    keys = {one.name for one in table.primary_key}
    target = table_named(table.name, *map(column, names | keys))
    again = {target.c[one.name]: old.c[label.name] for one, label in zip(columns, named, strict=True)}
    mine = is_row_of(session, table, target, old.c.row_key)
    session.connection().execute(update(target).values(again).where(mine))
    c = CHANGES.c
    rows = select(literal(act.id), c.table_name, c.row_key, literal("update"), c.after, c.before)
    rows = rows.where(these(session, changes)).order_by(c.id)
    _record(session, act, (*RECORDED, "before", "after"), rows, len(changes))


def _record(session: Session, act: Operation, names: Sequence[str], rows: AnySelect, number: int) -> None:
    session.connection().execute(insert(Change).from_select(names, rows, include_defaults=False))
    count_changes(session, act, number)
