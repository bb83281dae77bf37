"""Recording every change, in the transaction that makes it.

`operation` is how the console changes anything. What is changed through the session without one, in the
shell for example, is seen by the session's own events and recorded all the same, as an operation named
after the first row. Raw SQL is not seen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, event, insert, inspect, true, update
from sqlalchemy.engine import Result
from sqlalchemy.orm import (
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    object_session,
)
from sqlalchemy.orm.attributes import set_committed_value

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.history.actor import current_actor
from backoffice.history.rows import Key, Snapshots, key_text, rows_by_key, rows_where
from backoffice.history.snapshots import Snapshot
from backoffice.history.submissions import claim
from backoffice.models import Administrator, Change, Facts, Operation


@contextmanager
def operation(
    kind: str,
    *,
    table: str | None = None,
    facts: Facts | None = None,
    keep_empty: bool = False,
    **known: Any,
) -> Iterator[Operation]:
    """One act, in one transaction: what is changed inside is recorded, and committed on leaving.

    `kind` is a typed name, such as `user:update`; `known` are values of other columns of the operation. An
    act that changed nothing leaves no record, unless `keep_empty`. Whatever was read before is read again
    inside. After an exception everything is as it was. Raises Busy where the database is too busy for it.
    """
    with begin_operation(kind, table=table, facts=facts, **known) as act:
        yield act
        act.finished_at = utcnow()
        db.session.flush()
        if not (act.changed_rows or keep_empty):
            db.session.delete(act)


@contextmanager
def begin_operation(
    kind: str, *, table: str | None = None, facts: Facts | None = None, **known: Any
) -> Iterator[Operation]:
    """The same for an act that is not done on leaving: a worker goes on with it."""
    session = db.session()
    with transaction(session):
        act = _begin(session, kind, table, facts, **known)
        session.flush()
        claim(session, act.id)
        yield act


def join(session: Session, act: Operation) -> None:
    """Record what is changed in this transaction as changes of an operation that was begun in another one."""
    session.info["operation"] = act


def _begin(session: Session, kind: str, table: str | None, facts: Facts | None, **known: Any) -> Operation:
    actor = current_actor()
    act = Operation(
        kind=kind,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        address=actor.address,
        request_id=actor.request_id,
        table_name=table,
        facts=facts,
        changed_rows=0,
        **known,
    )
    session.info["operation"] = act
    session.add(act)
    return act


def install() -> None:
    """Listen to the session: from here on no change through it goes unrecorded."""
    event.listen(db.session, "before_flush", _before_flush)
    event.listen(Mapper, "before_update", _before_row)
    event.listen(Mapper, "before_delete", _before_row)
    event.listen(db.session, "after_flush", _after_flush)
    event.listen(db.session, "do_orm_execute", _around_statement)
    event.listen(db.session, "after_transaction_end", _after_transaction)


def _before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Read the rows that are about to change as they are now, and lock them."""
    changing = [thing for thing in session.dirty if session.is_modified(thing)]
    stored = _keys((*changing, *session.deleted), _stored_key)
    session.info["before"] = {
        table: rows_by_key(session, table, keys, lock=True) for table, keys in stored.items()
    }
    tables = [*stored, *filter(_is_recorded, map(_table_of, session.new))]
    if tables:
        _current_operation(session, tables[0])


def _before_row(_mapper: Mapper[object], _connection: Connection, thing: object) -> None:
    """Read a row that the flush itself came to change: a post whose author is deleted loses its author."""
    session, table = object_session(thing), _table_of(thing)
    key = _stored_key(thing)
    if session is None or key is None or not _is_recorded(table):
        return
    before: Snapshots = session.info["before"].setdefault(table, {})
    if key not in before:
        before.update(rows_by_key(session, table, [key], lock=True))


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    """Read the same rows, and the new ones, as they are after, and record what differs."""
    befores: dict[Table, Snapshots] = session.info.pop("before", {})
    # With the key as it is now, since a key can be edited too.
    written = _keys((*session.new, *session.dirty), _present_key)
    for table in {**befores, **written}:
        before = befores.get(table, {})
        after = rows_by_key(session, table, {*before, *written.get(table, ())})
        record(session, table, before, after)


def _around_statement(state: ORMExecuteState) -> Result[*tuple[object, ...]] | None:
    """Record an ORM UPDATE or DELETE statement, which changes rows that the session never saw."""
    table = state.bind_mapper.local_table if state.bind_mapper else None
    if not (state.is_update or state.is_delete) or not isinstance(table, Table) or not _is_recorded(table):
        return None
    where: ColumnElement[bool] | None = getattr(state.statement, "whereclause", None)
    before = rows_where(state.session, table, true() if where is None else where, lock=True)
    result = state.invoke_statement()
    _current_operation(state.session, table)
    state.session.flush()
    record(state.session, table, before, rows_by_key(state.session, table, before))
    return result


def record(session: Session, table: Table, before: Snapshots, after: Snapshots) -> int:
    """Write what differs between two images of the same rows as changes of the current operation.

    Returns how many rows differ. The images hold every column; an update keeps only the columns that changed.
    """
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not differing:
        return 0
    act = _current_operation(session, table)
    rows = [
        {
            "operation_id": act.id,
            "table_name": table.name,
            "row_key": key_text(key),
            **_change(before.get(key), after.get(key)),
        }
        for key in differing
    ]
    session.connection().execute(insert(Change), rows)
    count_changes(session, act, len(rows))
    return len(rows)


def _change(before: Snapshot | None, after: Snapshot | None) -> dict[str, object]:
    if before is None or after is None:
        return {"action": "insert" if before is None else "delete", "before": before, "after": after}
    changed = [name for name in before if before[name] != after.get(name)]
    return {
        "action": "update",
        "before": {name: before[name] for name in changed},
        "after": {name: after.get(name) for name in changed},
    }


def count_changes(session: Session, act: Operation, rows: int) -> None:
    """Add to the number of rows that an operation has changed; one without a plan was to change no more."""
    counted = {"changed_rows": act.changed_rows + rows}
    if act.plan is None:
        counted["expected_rows"] = counted["changed_rows"]
    session.connection().execute(update(Operation).where(Operation.id == act.id).values(**counted))
    for name, number in counted.items():
        set_committed_value(act, name, number)


def _current_operation(session: Session, table: Table) -> Operation:
    """The operation of this transaction; one named after the table where nobody began one."""
    act: Operation | None = session.info.get("operation")
    if act is None or act not in session:
        claim(session)
        act = _begin(session, f"{table.name}:orm", table.name, None)
        act.finished_at = utcnow()
    return act


def _after_transaction(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        for known in ("operation", "columns", "tables", "rules", "skip_locked"):
            session.info.pop(known, None)


def _keys(things: Iterable[object], key: Callable[[object], Key | None]) -> dict[Table, list[Key]]:
    keys: dict[Table, list[Key]] = defaultdict(list)
    for thing in things:
        table = _table_of(thing)
        if _is_recorded(table) and (found := key(thing)):
            keys[table].append(found)
    return keys


def _stored_key(thing: object) -> Key | None:
    identity: Key | None = inspect(thing, raiseerr=True).identity
    return identity


def _present_key(thing: object) -> Key:
    return tuple(inspect(thing, raiseerr=True).mapper.primary_key_from_instance(thing))


def _table_of(thing: object) -> Table:
    table: Table = inspect(thing, raiseerr=True).mapper.local_table
    return table


def _is_recorded(table: Table) -> bool:
    return is_recorded(table.name)


def is_recorded(table: str) -> bool:
    """The application's tables, and who may enter; the console's other tables are themselves records."""
    return not table.startswith("backoffice_") or table == Administrator.__tablename__
