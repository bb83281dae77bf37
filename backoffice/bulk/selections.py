"""What a person has chosen, kept by the server between the question and the answer.

Either the rows that they ticked, each as it was shown to them, or all that match a list. Of these the keys
are read once, so that what runs is what was asked about: at once where they are few, else by a worker, behind
the page that asks.
"""

import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import is_busy, transaction
from backoffice.exceptions import Busy, DoneAlready, NotFound
from backoffice.extensions import db
from backoffice.history import claim
from backoffice.models import Operation, RowKey, Selection, SelectionPage, key_column
from backoffice.reasons import UNKNOWN_ZONE, because
from backoffice.registry import BulkTarget, registry
from backoffice.statement_timeouts import TimedOut, budget
from backoffice.work import call, lease
from backoffice.zones import find_zone

# A question that nobody answered for a day is not asked any more.
KEPT_FOR = timedelta(days=1)
KEYS_A_PAGE = 20_000
# Keys are read that much quicker than rows are changed: so many times BACKGROUND_ROWS while somebody waits,
# and for so long at most.
READ_AT_ONCE = 40
READING_SECONDS = 0.5
# When it is tried again after it went wrong in a way that does not pass by itself.
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class SavedQuery:
    """The rows of a list: its filters and its search, and the time zone in which its days were meant."""

    filters: Sequence[tuple[str, str]]
    search: str
    zone: str

    def conditions(self, session: Session, target: BulkTarget) -> list[ColumnElement[bool]]:
        """What makes a row one of them, now."""
        zone = find_zone(self.zone)
        if zone is None:
            raise because(NotFound, UNKNOWN_ZONE)
        return target.conditions(session, self.filters, self.search, zone)


def saved_query_of(selection: Selection) -> SavedQuery | None:
    """Which list a selection is of; None for rows that were ticked."""
    stored = selection.matching
    if stored is None:
        return None
    return SavedQuery([(name, text) for name, text in stored["filters"]], stored["search"], stored["zone"])


def skipped_in(selection: Selection) -> dict[RowKey, str]:
    """The rows that matched when the keys were read, and that are not to be touched; by the keys as text."""
    skipped: dict[RowKey, str] = (selection.matching or {}).get("left_out", {})
    return skipped


def choose(
    administrator_id: int, table: str, keys: Sequence[RowKey], versions: Mapping[RowKey, str] | None = None
) -> Selection:
    """Keep the rows with these keys, as this administrator ticked them, until they are acted on.

    `versions` say how each of them was shown, where that is known.
    """
    keys = list(dict.fromkeys(keys))
    shown = {str(key): digest for key, digest in (versions or {}).items() if key in keys}
    with transaction(db.session):
        selection = _new_selection(administrator_id, table)
        selection.rows, selection.frozen_at = len(keys), utcnow()
        db.session.flush()
        page = {"selection_id": selection.id, "number": 0, "keys": keys, "versions": shown or None}
        db.session.execute(insert(SelectionPage), [page])
    return selection


def show_again(selection: Selection, versions: Mapping[RowKey, str]) -> None:
    """Note that these rows were shown anew, and how."""
    with transaction(db.session):
        page = db.session.get(SelectionPage, (selection.id, 0))
        if page is not None:
            page.versions = {**(page.versions or {}), **{str(key): one for key, one in versions.items()}}


def choose_matching(administrator_id: int, table: str, matching: SavedQuery) -> Selection:
    """Keep all rows that match now: at once where that takes no time, else a worker reads them."""
    target = registry().target_of(table)
    keys = _keys_at_once(db.session(), target, matching)
    with transaction(db.session):
        selection = _new_selection(administrator_id, table)
        selection.matching = {
            "filters": [list(pair) for pair in matching.filters],
            "search": matching.search,
            "zone": matching.zone,
        }
        db.session.flush()
        if keys is None:
            selection.lease_until = utcnow()
        else:
            _keep_keys(db.session(), selection, target, keys)
    if keys is None:
        call("selection", selection.id)
    return selection


def choose_again(selection: Selection) -> None:
    """Read anew which rows match, as they are now; rows that were ticked stay as they are.

    Raises DoneAlready where it was acted on meanwhile.
    """
    matching = saved_query_of(selection)
    if matching is None:
        return
    target, number = registry().target_of(selection.table_name), selection.id
    keys = _keys_at_once(db.session(), target, matching)
    with transaction(db.session):
        selection = db.session.get_one(Selection, number, with_for_update=True)
        if selection.operation_id is not None:
            raise _done_already(selection.operation_id)
        db.session.execute(delete(SelectionPage).where(SelectionPage.selection_id == number))
        stored = {name: value for name, value in (selection.matching or {}).items() if name != "left_out"}
        selection.matching, selection.rows, selection.frozen_at = stored, 0, None
        selection.lease_until = utcnow() if keys is None else None
        if keys is not None:
            _keep_keys(db.session(), selection, target, keys)
    if keys is None:
        call("selection", number)


def _keys_at_once(session: Session, target: BulkTarget, matching: SavedQuery) -> Sequence[RowKey] | None:
    """All keys that match, in order; None where there are too many to wait for, or they take too long."""
    most = int(current_app.config["BACKGROUND_ROWS"]) * READ_AT_ONCE
    key = key_column(target.table)
    statement = select(key).where(*matching.conditions(session, target)).limit(most + 1)
    try:
        with budget(session, READING_SECONDS):
            # Without an order: for the first ones of it, the database might go through the whole table.
            keys = session.connection().scalars(statement).all()
    except TimedOut:
        return None
    return sorted(keys) if len(keys) <= most else None


def _keep_keys(session: Session, selection: Selection, target: BulkTarget, keys: Sequence[RowKey]) -> None:
    keys = _unprotected(session, selection, target, keys)
    for number, first in enumerate(range(0, len(keys), KEYS_A_PAGE)):
        _add_page(session, selection, number, keys[first : first + KEYS_A_PAGE])
    selection.frozen_at = utcnow()


def _new_selection(administrator_id: int, table: str) -> Selection:
    claim(db.session())
    selection = Selection(
        token=secrets.token_urlsafe(32), administrator_id=administrator_id, table_name=table, rows=0
    )
    db.session.add(selection)
    return selection


def find(administrator_id: int, table: str, token: str) -> Selection:
    """The selection of this person with this token, still to be acted on.

    Raises NotFound where it is somebody else's or forgotten, DoneAlready where it was acted on.
    """
    selection = db.session.scalar(
        select(Selection)
        .where(Selection.token == token, Selection.table_name == table)
        .where(Selection.administrator_id == administrator_id, Selection.created_at > utcnow() - KEPT_FOR)
    )
    if selection is None:
        raise NotFound(_("This selection is no longer there. Please choose the rows again."))
    if selection.operation_id is not None:
        raise _done_already(selection.operation_id)
    return selection


def use_up(session: Session, selection_id: int, act: Operation) -> None:
    """Let a selection be acted on by this operation, and by no other. Raises DoneAlready where one did."""
    used = session.connection().execute(
        update(Selection)
        .where(Selection.id == selection_id, Selection.operation_id.is_(None))
        .where(Selection.frozen_at.is_not(None))
        .values(operation_id=act.id)
    )
    if used.rowcount != 1:
        done = session.scalar(select(Selection.operation_id).where(Selection.id == selection_id))
        raise _done_already(done)


def _done_already(operation_id: int | None) -> DoneAlready:
    return DoneAlready(_("This was done already. Nothing was done twice."), operation_id)


@dataclass(frozen=True)
class Chosen:
    """Some keys of a selection, with the versions of those that were ticked, and where the next ones are."""

    keys: list[RowKey]
    versions: Mapping[str, str]
    next: int


def chosen_at(session: Session, selection_id: int, position: int, most: int) -> Chosen:
    """The keys from a position on, of one page of them at most; none at the end.

    A position is not a number of rows: a page may have fewer keys than there are positions in it.
    """
    number, first = divmod(position, KEYS_A_PAGE)
    while (page := session.get(SelectionPage, (selection_id, number))) is not None:
        keys = page.keys[first : first + most]
        is_last = first + len(keys) >= len(page.keys)
        if keys:
            after = (number + 1) * KEYS_A_PAGE if is_last else position + len(keys)
            return Chosen(keys, page.versions or {}, after)
        number, first = number + 1, 0
        position = number * KEYS_A_PAGE
    return Chosen([], {}, position)


# Reading the keys of all that match


def freeze(selection_id: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Read the keys of a selection, unless another worker is at it."""
    token = lease.acquire(Selection, selection_id, _begin_anew)
    if token is None:
        return
    try:
        _read_keys(db.session(), selection_id, token, is_stopping)
    except Busy:
        pass  # the lease runs out, and another worker begins anew
    except Exception as error:
        if not is_busy(error):  # it would go wrong at once again
            lease.release(Selection, selection_id, token, PAUSE)
        raise
    finally:
        lease.drop(Selection, selection_id)


def _begin_anew(session: Session, selection: Selection) -> None:
    selection.rows = 0
    session.execute(delete(SelectionPage).where(SelectionPage.selection_id == selection.id))


def _read_keys(session: Session, selection_id: int, token: int, is_stopping: Callable[[], bool]) -> None:
    selection = session.get_one(Selection, selection_id)
    target, matching = registry().target_of(selection.table_name), saved_query_of(selection)
    if matching is None:
        return
    # Read by a connection of its own, as one snapshot, while this one writes them down.
    with Session(db.engine) as reading, closing(_pages_of_keys(reading, target, matching)) as pages:
        for number, page in enumerate(pages):
            with transaction(session):
                mine = lease.lock(session, Selection, selection_id, token)
                if mine is None:
                    return
                _add_page(session, mine, number, _unprotected(session, mine, target, page))
                lease.renew(mine)
            if is_stopping():
                lease.release(Selection, selection_id, token)
                return
    with transaction(session):
        mine = lease.lock(session, Selection, selection_id, token)
        if mine is not None:
            mine.lease_until, mine.holder, mine.frozen_at = None, None, utcnow()


def _pages_of_keys(
    session: Session, target: BulkTarget, matching: SavedQuery
) -> Generator[Sequence[RowKey], None, None]:
    key = key_column(target.table)
    # Found first, and then put in order: for the first few of a cursor's rows, PostgreSQL would rather go
    # through the whole table in that order.
    found = select(key.label("key")).where(*matching.conditions(session, target)).cte("found")
    found = found.prefix_with("MATERIALIZED", dialect="postgresql")
    statement = select(found.c.key).order_by(found.c.key)
    with session.execute(statement, execution_options={"yield_per": KEYS_A_PAGE}) as rows:
        yield from rows.scalars().partitions()


def _unprotected(
    session: Session, selection: Selection, target: BulkTarget, keys: Sequence[RowKey]
) -> list[RowKey]:
    """The keys that may be acted on; the others are noted."""
    protected = target.protect(session, keys) if keys else {}
    if protected:
        skipped = {str(key): why for key, why in {**skipped_in(selection), **protected}.items()}
        selection.matching = {**(selection.matching or {}), "left_out": skipped}
    return [key for key in keys if key not in protected]


def _add_page(session: Session, selection: Selection, number: int, keys: list[RowKey]) -> None:
    session.execute(insert(SelectionPage), [{"selection_id": selection.id, "number": number, "keys": keys}])
    selection.rows += len(keys)


def forget_old() -> int:
    """Forget the selections that nobody acted on in time, and those that were; returns how many.

    One that a worker is still acting on is kept.
    """
    unfinished = select(Operation.id).where(Operation.lease_until.is_not(None))
    old = delete(Selection).where(Selection.created_at <= utcnow() - KEPT_FOR)
    old = old.where(Selection.operation_id.is_(None) | Selection.operation_id.not_in(unfinished))
    with transaction(db.session):
        forgotten = db.session.execute(old, execution_options={"synchronize_session": False})
    return int(forgotten.rowcount)  # type: ignore[attr-defined]
