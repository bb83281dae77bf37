"""The rows of a table that are deleted and did not come back, the latest first."""

from collections.abc import Collection, Sequence
from time import monotonic
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, exists, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from backoffice.history import among, changed_table, is_one_of, key_in, key_text
from backoffice.models import Change, Operation, State

# More deletions are looked at at once where few of the first ones are still gone, and no longer than a page
# is waited for: what is left is on the next one.
MOST_ROWS = 5_000
SECONDS = 0.7
# From so many changes on, an operation that was undone whole is not looked through row by row.
MANY = 1_000
# In the statement itself, so that a database knows the index that has deletions only.
DELETE: ColumnElement[str] = literal_column("'delete'")
LATEST_FIRST = Change.operation_id.desc(), Change.id.desc()


class Trash(NamedTuple):
    """The deletions on one page; `next` is the change before which the next page begins, None at the end.

    Where not `is_full`, time was over before all that was looked for was found.
    """

    changes: Sequence[Change]
    next: int | None
    is_full: bool


class Place(NamedTuple):
    """A deletion, or the beginning of an operation: what comes before it is looked at next."""

    operation_id: int
    id: int = 0


def deleted_rows(session: Session, table: str, before: int | None, most: int) -> Trash:
    """The last deletions, earlier than the change `before`, of rows of `table` that are not there now.

    Those of one operation stand together, its last one first.
    """
    found = _walk(session, table, _place_of(session, before), most)
    shown = found.ids[:most]
    statement = select(Change).where(Change.id.in_(shown)).order_by(*LATEST_FIRST)
    changes = session.scalars(statement).all() if shown else []
    return Trash(changes, shown[-1] if len(found.ids) > most else found.last, found.is_full)


def _place_of(session: Session, change_id: int | None) -> Place | None:
    """Where a change stands; where it is not kept any more, with the change before it."""
    if change_id is None:
        return None
    nearest = select(Change.operation_id).where(Change.id <= change_id).order_by(Change.id.desc()).limit(1)
    return Place(session.scalar(nearest) or 0, change_id)


class Found(NamedTuple):
    """The ids of deletions, one more than asked for if there are; the last one looked at, None at the end."""

    ids: list[int]
    last: int | None
    is_full: bool


def _walk(session: Session, table: str, place: Place | None, most: int) -> Found:
    found: list[int] = []
    rows, until = most + 1, monotonic() + SECONDS
    while True:
        deletions = _deletions(session, table, place, rows)
        undone = _undone_whole(session, {one.operation_id for one in deletions})
        found += _not_back(session, table, [one for one in deletions if one.operation_id not in undone])
        if len(deletions) < rows:
            return Found(found, None, is_full=True)
        last = deletions[-1]
        if len(found) > most or monotonic() >= until:
            return Found(found, last.id, len(found) > most)
        if last.operation_id in undone:
            place = Place(last.operation_id)
        else:
            place, rows = Place(last.operation_id, last.id), min(rows * 2, MOST_ROWS)


def _deletions(session: Session, table: str, place: Place | None, most: int) -> list[Row[int, int, str]]:
    """The latest so many, or those that come before a place: of its operation, then of earlier ones."""
    kept = or_(Change.before.is_not(None), Change.source_id.is_not(None))
    statement = select(Change.id, Change.operation_id, Change.row_key).order_by(*LATEST_FIRST)
    statement = statement.where(Change.table_name == table, Change.action == DELETE, kept)
    if place is None:
        return list(session.execute(statement.limit(most)))
    same = statement.where(Change.operation_id == place.operation_id, Change.id < place.id)
    found = list(session.execute(same.limit(most))) if place.id else []
    earlier = statement.where(Change.operation_id < place.operation_id).limit(most - len(found))
    return [*found, *session.execute(earlier)] if len(found) < most else found


def _undone_whole(session: Session, operation_ids: Collection[int]) -> set[int]:
    """The large ones among these operations all of whose rows came back."""
    undoing = aliased(Operation)
    statement = select(Operation.id).join(undoing, undoing.undoes_id == Operation.id)
    statement = statement.where(Operation.id.in_(operation_ids), Operation.changed_rows >= MANY)
    same = undoing.changed_rows == Operation.changed_rows
    return set(session.scalars(statement.where(undoing.state == State.DONE, same)))


def _not_back(session: Session, table: str, deletions: Sequence[Row[int, int, str]]) -> list[int]:
    """Those that are the last change of their row, which is not there by another way either."""
    if not deletions:
        return []
    later, ids = aliased(Change), [one.id for one in deletions]
    changed_since = exists().where(
        later.table_name == table, later.row_key == Change.row_key, later.id > Change.id
    )
    number = Change.__table__.columns["id"]
    these = is_one_of(number, ids, session.get_bind().dialect.name)
    latest = set(session.scalars(select(Change.id).where(these, ~changed_since)))
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
