"""What a record was right before and right after a change, and giving it values from then again."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Table
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from backoffice.database import with_retries
from backoffice.exceptions import Conflict, NotFound
from backoffice.extensions import db
from backoffice.history import (
    BeforeAfter,
    Key,
    Snapshot,
    changes_of_row,
    operation,
    rows_by_key,
    snapshots_of,
    update_rows,
)
from backoffice.models import Change, Operation, parse_key
from backoffice.registry import registry
from backoffice.undo.refusals import conflict_over

VERB = "put_back"


class Side(StrEnum):
    """On which side of a change."""

    BEFORE = "before"
    AFTER = "after"


class Versions(NamedTuple):
    """A record on both sides of a change, and now; None where it was not there."""

    before: Snapshot | None
    after: Snapshot | None
    now: Snapshot | None

    def on(self, side: Side) -> Snapshot | None:
        """What it was on this side."""
        return self.before if side is Side.BEFORE else self.after


# What is asked before anything is written: of the row as it is, and of the values that it is to get. What it
# raises refuses them.
Check = Callable[[Snapshot, Snapshot], None]


def versions_around(session: Session, table: Table, change: Change, *, lock: bool = False) -> Versions:
    """The record that `change` is about, then and now; the row is locked, if asked.

    What it was is found by going back from what it is, change by change: of columns that were never changed
    here since, it is what they hold now. Raises NotFound where a change in between is not kept any more.
    """
    now = rows_by_key(session, table, [_key(table, change)], lock=lock).get(_key(table, change))
    later = _changes_since(session, change)
    pair = snapshots_of(session, later)
    version = now
    for one in later[:-1]:
        version = _before(version, one, pair[one.id])
    return Versions(_before(version, change, pair[change.id]), version, now)


def _key(table: Table, change: Change) -> Key:
    return (parse_key(table, change.row_key),)


def _changes_since(session: Session, change: Change) -> list[Change]:
    """The changes of the same record, the newest first, the last one is `change` itself."""
    statement = changes_of_row(session, change.table_name, change.row_key)
    return list(session.scalars(statement.where(Change.id >= change.id)))


def _before(version: Snapshot | None, change: Change, pair: BeforeAfter) -> Snapshot | None:
    """What a record was before a change, after which it was `version`."""
    if change.action == "insert":
        return None
    if pair.before is None:
        raise NotFound(_("What this record was then is not kept any more."))
    return pair.before if change.action == "delete" else {**(version or {}), **pair.before}


def restore_version(
    table: Table, change_id: int, side: Side, columns: Collection[str], check: Check
) -> Operation | None:
    """Give a record the values again that these columns had on one side of a change.

    Recorded as an operation, which can be undone; None where it has these values already. `check` is called
    in the transaction. Raises NotFound where the record is gone, Conflict where the database refuses.
    """
    act_id = with_retries(lambda: _restore_version(table, change_id, side, columns, check))
    return None if act_id is None else db.session.get_one(Operation, act_id)


def _restore_version(
    table: Table, change_id: int, side: Side, columns: Collection[str], check: Check
) -> int | None:
    with operation(f"{table.name}:{VERB}", table=table.name) as act:
        session = db.session()
        change = session.get_one(Change, change_id)
        versions = versions_around(session, table, change, lock=True)
        now, values = _now(versions), _values(versions, side, columns)
        check(now, values)
        about = registry().about(table.name, _key(table, change)[0])
        act.facts = {**about, "columns": list(values)}
        changed = _write(session, act, table, _key(table, change), values)
        return act.id if changed else None


def _now(versions: Versions) -> Snapshot:
    if versions.now is None:
        raise NotFound(_("This record is deleted. Nothing was put back."))
    return versions.now


def _values(versions: Versions, side: Side, columns: Collection[str]) -> Snapshot:
    """What is to be written; a column that was not there then, or is not there now, is skipped."""
    then, now = versions.on(side), versions.now or {}
    if then is None:
        raise Conflict(_("This record was not there then, so there is nothing to put back."))
    return {name: then[name] for name in columns if name in then and name in now}


def _write(session: Session, act: Operation, table: Table, key: Key, values: Snapshot) -> int:
    try:
        with session.begin_nested():
            return update_rows(session, act, table, [key], values)
    except IntegrityError as error:
        raise conflict_over(session, table, key, values) from error
    except DataError as error:
        raise Conflict(_("One of these values does not fit into its column any more.")) from error
