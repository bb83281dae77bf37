"""A row before and after a change, wherever its image is kept."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.history.sets import is_one_of
from backoffice.history.snapshots import Snapshot
from backoffice.models import Change


class BeforeAfter(NamedTuple):
    """The row before and after; None where there was none, or where it is not kept any more.

    Of an update they hold only the columns that changed.
    """

    before: Snapshot | None
    after: Snapshot | None


def snapshots_of(session: Session, changes: Collection[Change]) -> dict[int, BeforeAfter]:
    """The two sides of each of these changes, by the change's id; in one query more at most."""
    sources = _sources(session, {change.source_id for change in changes if change.source_id is not None})
    return {change.id: _pair(change, sources.get(change.source_id or 0)) for change in changes}


def _sources(session: Session, ids: Collection[int]) -> dict[int, Change]:
    if not ids:
        return {}
    column = Change.__table__.columns["id"]
    condition = is_one_of(column, sorted(ids), session.connection().dialect.name)
    return {change.id: change for change in session.scalars(select(Change).where(condition))}


def _pair(change: Change, source: Change | None) -> BeforeAfter:
    """A row that came back, or was taken away again, is kept with the change that it reverts."""
    if source is None or change.before is not None or change.after is not None:
        return BeforeAfter(change.before, change.after)
    if change.action == "insert":
        return BeforeAfter(None, _whole(source))
    if change.action == "delete":
        return BeforeAfter(_whole(source), None)
    return BeforeAfter(source.after, source.before)


def _whole(source: Change) -> Snapshot | None:
    return source.before if source.action == "delete" else source.after
