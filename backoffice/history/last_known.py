"""Rows that are not there any more, as history knew them last."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from backoffice.history.before_after import BeforeAfter, snapshots_of
from backoffice.history.snapshots import Snapshot
from backoffice.models import Change
from backoffice.planning import Way, by_index_of

# So many of a row's changes are looked at, the latest ones.
LOOKED_AT = 20
# SQLite joins 500 questions to one at most.
MOST_AT_ONCE = 200


class LastKnown(NamedTuple):
    """What the columns of a row held last, as far as its latest changes tell. `is_deleted` by one of them."""

    values: Snapshot
    is_deleted: bool


def last_known(session: Session, table: str, keys: Collection[str]) -> dict[str, LastKnown]:
    """The rows with these keys, as `row_key` has them, of which a change is recorded: two queries
    for each MOST_AT_ONCE of them.
    """
    changes: dict[str, list[Change]] = {}
    for change in _latest(session, table, sorted(keys)):
        changes.setdefault(change.row_key, []).append(change)
    sides = snapshots_of(session, [change for of_row in changes.values() for change in of_row])
    return {
        key: LastKnown(_values(of_row, sides), of_row[0].action == "delete")
        for key, of_row in changes.items()
    }


def _latest(session: Session, table: str, keys: Sequence[str]) -> Iterator[Change]:
    """The latest changes of each, the latest first; by the index and no further, however many a row has."""
    dialect = session.connection().dialect.name
    for first in range(0, len(keys), MOST_AT_ONCE):
        some = (_ids(table, key, dialect).subquery() for key in keys[first : first + MOST_AT_ONCE])
        ids = union_all(*(select(each.c.id) for each in some)).subquery()
        those = select(Change).join(ids, ids.c.id == Change.id).order_by(Change.id.desc())
        yield from session.scalars(those)


def _ids(table: str, key: str, dialect: str) -> Select[int]:
    way = Way((Change.id.desc(),), descending=True, column=Change.id)
    values = {Change.table_name: table, Change.row_key: key}
    return by_index_of(select(Change.id), values, way, dialect).limit(LOOKED_AT)


def _values(changes: Iterable[Change], sides: dict[int, BeforeAfter]) -> Snapshot:
    """From the latest change back. What was forgotten ends it, for what is older is meant to be, too; and so
    does the row's creation, before which its key was another row's.
    """
    values: Snapshot = {}
    for change in changes:
        before, after = sides[change.id]
        known = before if change.action == "delete" else after
        if known is None:
            break
        values = {**known, **values}
        if change.action == "insert":
            break
    return values
