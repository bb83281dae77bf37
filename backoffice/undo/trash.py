"""The rows of a table that are deleted and did not come back, the latest first."""

from collections.abc import Collection, Sequence
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from backoffice.history import among, changed_table, is_one_of, key_in, key_text
from backoffice.models import Change, Operation, State

# Changes are looked through by their ids, in windows that grow where nothing is found in them, and no longer
# than a page is waited for: what is left is on the next one.
FIRST_WINDOW, WIDEST_WINDOW = 2_000, 100_000
FEWEST_ROWS, MOST_ROWS = 200, 5_000
SECONDS = 0.7
# From so many changes on, an operation that was undone whole is not looked through row by row.
MANY = 1_000
MOST_SKIPPED = 500


class Trash(NamedTuple):
    """The deletions on one page; `next` is the change before which the next page begins, None at the end.

    Where not `is_full`, time was over before all that was looked for was found.
    """

    changes: Sequence[Change]
    next: int | None
    is_full: bool


def deleted_rows(session: Session, table: str, before: int | None, most: int) -> Trash:
    """The last deletions, earlier than the change `before`, of rows of `table` that are not there now."""
    found, place = _walk(session, table, before or _end(session), most)
    is_full = len(found) > most
    shown = found[:most]
    if is_full:
        place = shown[-1]
    statement = select(Change).where(Change.id.in_(shown)).order_by(Change.id.desc())
    changes = session.scalars(statement).all() if shown else []
    return Trash(changes, place if place > 1 else None, is_full or place <= 1)


def _end(session: Session) -> int:
    return int(session.scalar(select(func.max(Change.id))) or 0) + 1


def _walk(session: Session, table: str, place: int, most: int) -> tuple[list[int], int]:
    """The ids of the deletions, one more than asked for if there are, and how far back was looked."""
    skipped = _undone_whole(session)
    found: list[int] = []
    width, rows, until = FIRST_WINDOW, FEWEST_ROWS, monotonic() + SECONDS
    while place > 1 and len(found) <= most and monotonic() < until:
        start = max(1, place - width)
        deletions = _deletions(session, table, range(start, place), skipped, rows)
        found += _not_back(session, table, deletions)
        if len(deletions) == rows:
            place, rows = deletions[-1].id, min(rows * 2, MOST_ROWS)
        else:
            place, width = start, min(width * 2, WIDEST_WINDOW)
    return found, place


def _undone_whole(session: Session) -> Sequence[int]:
    """The latest of the large operations all of whose rows came back."""
    undoing = aliased(Operation)
    statement = select(Operation.id).join(undoing, undoing.undoes_id == Operation.id)
    same = undoing.changed_rows == Operation.changed_rows
    statement = statement.where(same, undoing.state == State.DONE, Operation.changed_rows >= MANY)
    return session.scalars(statement.order_by(undoing.id.desc()).limit(MOST_SKIPPED)).all()


def _deletions(
    session: Session, table: str, ids: range, skipped: Collection[int], most: int
) -> Sequence[Row[int, str]]:
    kept = or_(Change.before.is_not(None), Change.source_id.is_not(None))
    # Of the name no index is to be used: SQLite would rather walk all changes of a table than these ids.
    named = func.coalesce(Change.table_name, "") == table
    statement = select(Change.id, Change.row_key).where(Change.id >= ids.start, Change.id < ids.stop)
    statement = statement.where(named, Change.action == "delete", kept)
    if skipped:
        statement = statement.where(Change.operation_id.not_in(skipped))
    return session.execute(statement.order_by(Change.id.desc()).limit(most)).all()


def _not_back(session: Session, table: str, deletions: Sequence[Row[int, str]]) -> list[int]:
    """Those that are the last change of their row, which is not there by another way either."""
    if not deletions:
        return []
    column: Any = Change.__table__.columns["row_key"]
    keys = is_one_of(column, sorted({one.row_key for one in deletions}), session.get_bind().dialect.name)
    newest = select(func.max(Change.id)).where(Change.table_name == table, keys)
    latest = set(session.scalars(newest.group_by(Change.row_key)))
    last = [one for one in deletions if one.id in latest]
    there = _there(session, table, [one.row_key for one in last])
    return [one.id for one in last if one.row_key not in there]


def _there(session: Session, name: str, keys: Sequence[str]) -> set[str]:
    if not keys:
        return set()
    table = changed_table(session, name)
    condition = among(session, table, [key_in(table, key) for key in keys])
    rows = session.connection().execute(select(*table.primary_key).where(condition))
    return {key_text(tuple(row)) for row in rows}
