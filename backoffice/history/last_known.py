"""Rows that are not there any more, as history knew them last."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.history.before_after import BeforeAfter, snapshots_of
from backoffice.history.sets import is_one_of
from backoffice.history.snapshots import Snapshot
from backoffice.models import Change

# So many of a row's changes are looked at, the latest ones.
LOOKED_AT = 20


class LastKnown(NamedTuple):
    """What the columns of a row held last, as far as its latest changes tell. `is_deleted` by one of them."""

    values: Snapshot
    is_deleted: bool


def last_known(session: Session, table: str, keys: Collection[str]) -> dict[str, LastKnown]:
    """The rows with these keys, as `row_key` has them, of which a change is recorded; whatever their number,
    it is two queries.
    """
    if not keys:
        return {}
    place = func.row_number().over(partition_by=Change.row_key, order_by=Change.id.desc())
    named = is_one_of(Change.__table__.columns["row_key"], sorted(keys), session.connection().dialect.name)
    ranked = select(Change.id, place.label("place")).where(Change.table_name == table, named).subquery()
    latest = select(Change).join(ranked, ranked.c.id == Change.id).where(ranked.c.place <= LOOKED_AT)
    changes: dict[str, list[Change]] = {}
    for change in session.scalars(latest.order_by(Change.id.desc())):
        changes.setdefault(change.row_key, []).append(change)
    sides = snapshots_of(session, [change for of_row in changes.values() for change in of_row])
    return {
        key: LastKnown(_values(of_row, sides), of_row[0].action == "delete")
        for key, of_row in changes.items()
    }


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
