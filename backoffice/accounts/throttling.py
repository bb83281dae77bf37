"""Limits on attempts, counted in the database: they hold across processes and machines.

Each limit is a bucket that empties evenly (the generic cell rate algorithm): ten attempts an hour are ten at
once, and then one every six minutes. An attempt is counted before it is made: many at once are not more.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from backoffice.accounts.sign_ins import writing
from backoffice.clock import utcnow
from backoffice.exceptions import Throttled
from backoffice.extensions import db
from backoffice.models import Throttle


@dataclass(frozen=True)
class Limit:
    """So many attempts in so long, for each subject."""

    name: str
    attempts: int
    per: timedelta

    @property
    def each(self) -> timedelta:
        """How long it takes for one attempt to be forgotten."""
        return self.per / self.attempts


# An attempt against a limit, by a subject: a name, an address, a browser.
Attempt = tuple[Limit, str]


def count(*attempts: Attempt) -> None:
    """Count attempts that are about to be made.

    Raises Throttled where one of the limits is used up, and then counts none of them; and Busy.
    """
    try:
        wait = _count(attempts)
    except IntegrityError:  # somebody else made the same first attempt at this moment
        wait = _count(attempts)
    if wait:
        raise Throttled(_too_many(wait), ceil(wait.total_seconds()))


def _count(attempts: Iterable[Attempt]) -> timedelta | None:
    """How long there is to wait; None where the attempts were counted."""
    now, waits = utcnow(), []
    with writing():
        rows = [(limit, _locked(limit, subject, now)) for limit, subject in _in_order(attempts)]
        for limit, row in rows:
            if (wait := max(row.free_at, now) + limit.each - now - limit.per) > timedelta(0):
                row.refused += 1
                waits.append(wait)
        if not waits:
            for limit, row in rows:
                row.free_at, row.refused = max(row.free_at, now) + limit.each, 0
    return max(waits, default=None)


def give_back(*attempts: Attempt) -> None:
    """Take back attempts that were counted, since they were right. Raises Busy."""
    now = utcnow()
    with writing():
        for limit, subject in _in_order(attempts):
            row = _locked(limit, subject, now)
            row.free_at = max(row.free_at - limit.each, now)


def is_used_up(limit: Limit, subject: str) -> bool:
    """Whether the next attempt would be turned away."""
    row = db.session.get(Throttle, (limit.name, digest(subject)), populate_existing=True)
    return row is not None and row.free_at + limit.each - utcnow() > limit.per


def _in_order(attempts: Iterable[Attempt]) -> list[Attempt]:
    """In one order everywhere, so that no two wait for each other."""
    return sorted(attempts, key=lambda attempt: (attempt[0].name, digest(attempt[1])))


def _locked(limit: Limit, subject: str, now: datetime) -> Throttle:
    key = (limit.name, digest(subject))
    row = db.session.get(Throttle, key, with_for_update=True, populate_existing=True)
    if row is None:
        row = Throttle(limit_name=key[0], subject_digest=key[1], free_at=now, refused=0)
        db.session.add(row)
        db.session.flush()
    return row


def digest(subject: str) -> str:
    """What is kept of a subject."""
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()


def _too_many(wait: timedelta) -> str:
    minutes = ceil(wait.total_seconds() / 60)
    return str(
        _(
            "Too many attempts. Please try again in %(time)s.",
            time=ngettext("a minute", "%(num)d minutes", minutes),
        )
    )
