"""Rows that are not there any more, as history knew them last."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from backoffice.history.before_after import BeforeAfter, snapshots_of
from backoffice.history.snapshots import Snapshot
from backoffice.models import Change
from backoffice.planning import Way, by_index_of

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
    # Each by the index and no further, however often a row was changed: no database of ours ranks like that.
    dialect = session.connection().dialect.name
    newest = [select(_latest(table, key, dialect).subquery().c.id) for key in sorted(keys)]
    latest = select(Change).where(Change.id.in_(union_all(*newest)))
    changes: dict[str, list[Change]] = {}
    for change in session.scalars(latest.order_by(Change.id.desc())):
        changes.setdefault(change.row_key, []).append(change)
    sides = snapshots_of(session, [change for of_row in changes.values() for change in of_row])
    return {
        key: LastKnown(_values(of_row, sides), of_row[0].action == "delete")
        for key, of_row in changes.items()
    }


def _latest(table: str, key: str, dialect: str) -> Select[int]:
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
