"""Limits on attempts, counted in the database: they hold across processes and machines.

Each limit is a bucket that empties evenly (the generic cell rate algorithm): ten attempts an hour are ten at
once, and then one every six minutes. An attempt is counted before it is made: many at once are not more.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, delete, select, true, tuple_
from sqlalchemy.exc import IntegrityError

from backoffice.accounts.digests import digest
from backoffice.clock import utcnow
from backoffice.database import busy_message, commit_soon, transaction, with_retries
from backoffice.exceptions import Busy, Throttled
from backoffice.extensions import db
from backoffice.models import Throttle

T = TypeVar("T")
# How often a first attempt is counted again that others were making at the same moment.
RETRIES = 5


@dataclass(frozen=True)
class Limit:
    """So many attempts in so long, for each subject."""

    name: str
    attempts: int
    per: timedelta

    @property
    def each(self) -> timedelta:
        """How long it takes for one attempt to expire."""
        return self.per / self.attempts


# An attempt against a limit, by a subject: a name, an address, a device.
Attempt = tuple[Limit, str]


def count(*attempts: Attempt) -> None:
    """Count attempts that are about to be made.

    Raises Throttled where one of the limits is exhausted, and then counts none of them; and Busy.
    """
    wait, is_first = _retrying(lambda: _count(attempts))
    if wait:
        raise Throttled(_too_many(wait), ceil(wait.total_seconds()), is_first=is_first)


def _count(attempts: Iterable[Attempt]) -> tuple[timedelta | None, bool]:
    """How long there is to wait, None where the attempts were counted; and whether nobody had to before."""
    now = utcnow()
    with transaction(db.session):
        commit_soon(db.session())  # a count that a crash undoes is no loss
        rows = _locked(attempts)
        full = [(_wait(limit, row, now), row) for limit, _subject, row in rows if row is not None]
        full = [(wait, row) for wait, row in full if wait > timedelta(0)]
        for _time, row in full:
            row.refused += 1
        if full:
            return max(wait for wait, _row in full), any(row.refused == 1 for _time, row in full)
        for limit, subject, used in rows:
            _use(limit, used or _new(limit, subject, now), now)
    return None, False


def _wait(limit: Limit, row: Throttle, now: datetime) -> timedelta:
    return _free_at(limit, row, now) + limit.each - now - limit.per


def _free_at(limit: Limit, row: Throttle, now: datetime) -> datetime:
    """When it is empty. No bucket is more than full: where one is, a clock was wrong."""
    return min(max(row.free_at, now), now + limit.per)


def _use(limit: Limit, row: Throttle, now: datetime) -> None:
    row.free_at, row.refused = _free_at(limit, row, now) + limit.each, 0


def refund(*attempts: Attempt) -> None:
    """Refund attempts that were counted, since they were right. Raises Busy."""
    with_retries(lambda: _refund(attempts))


def _refund(attempts: Iterable[Attempt]) -> None:
    now = utcnow()
    with transaction(db.session):
        commit_soon(db.session())
        for limit, _subject, row in _locked(attempts):
            if row is not None:
                row.free_at = max(_free_at(limit, row, now) - limit.each, now)
                if row.free_at == now:
                    # A bucket that is empty now is a full one to a clock that is set back.
                    db.session.delete(row)


def clear(subjects: Iterable[str]) -> int:
    """Delete every attempt of these subjects, against whatever limit; returns how many limits that were."""
    return _delete(Throttle.subject_digest.in_([digest(subject) for subject in subjects]))


def clear_all() -> int:
    """Delete every attempt of everybody; returns how many limits that were."""
    return _delete(true())


def delete_expired_attempts() -> None:
    """Delete what does not count any more. Raises Busy."""
    _delete(Throttle.free_at < utcnow())


def _delete(condition: ColumnElement[bool]) -> int:
    with transaction(db.session):
        deleted = db.session.execute(delete(Throttle).where(condition))
    return int(deleted.rowcount)  # type: ignore[attr-defined]


def _retrying(transaction: Callable[[], T]) -> T:
    """What a transaction returns, tried again where somebody else made the same first attempt just now."""
    for _attempt in range(RETRIES):
        with suppress(IntegrityError):
            return with_retries(transaction)
    raise Busy(busy_message())


def is_exhausted(limit: Limit, subject: str) -> bool:
    """Whether the next attempt would be turned away."""
    row = db.session.get(Throttle, (limit.name, digest(subject)), populate_existing=True)
    return row is not None and _wait(limit, row, utcnow()) > timedelta(0)


def _locked(attempts: Iterable[Attempt]) -> list[tuple[Limit, str, Throttle | None]]:
    """What is counted of each, locked in one order everywhere, so that no two wait for each other."""
    known = {(limit.name, digest(subject)): (limit, subject) for limit, subject in attempts}
    key = Throttle.limit_name, Throttle.subject_digest
    rows = select(Throttle).where(tuple_(*key).in_(known)).order_by(*key).with_for_update()
    found = db.session.scalars(rows, execution_options={"populate_existing": True})
    counted = {(row.limit_name, row.subject_digest): row for row in found}
    return [(limit, subject, counted.get(names)) for names, (limit, subject) in sorted(known.items())]


def _new(limit: Limit, subject: str, now: datetime) -> Throttle:
    row = Throttle(limit_name=limit.name, subject_digest=digest(subject), free_at=now, refused=0)
    db.session.add(row)
    return row


def _too_many(wait: timedelta) -> str:
    minutes = ceil(wait.total_seconds() / 60)
    return str(
        _(
            "Too many attempts. Please try again in %(time)s.",
            time=ngettext("a minute", "%(num)d minutes", minutes),
        )
    )
