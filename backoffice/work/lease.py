"""Leases: one worker at a time works on a row, known by its fencing token.

A lease that is not renewed runs out, and the next worker gets another token. Whoever was only slow finds
that out when it comes back, and can write nothing any more.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import Busy
from backoffice.extensions import db
from backoffice.models import Operation, Selection

# What workers work on: a row with a lease from the moment in which there is work, and a counter of tokens.
Leased = TypeVar("Leased", bound=Operation | Selection)

# A worker that has not renewed its lease for so long is taken for dead.
LEASE = timedelta(seconds=30)
MOST_AT_ONCE = 20


def due(model: type[Leased]) -> Sequence[int]:
    """The rows on which no worker works now, the one that waits longest first."""
    waiting = select(model.id).where(model.lease_until < utcnow()).order_by(model.lease_until)
    found = db.session.scalars(waiting.limit(MOST_AT_ONCE)).all()
    db.session.rollback()
    return found


def acquire(
    model: type[Leased], row_id: int, prepare: Callable[[Session, Leased], None] = lambda _session, _row: None
) -> int | None:
    """The fencing token of a new lease; None where another worker holds one, or there is no work any more.

    `prepare` is called with the row in the same transaction. Where the database is busy with the row, another
    worker is at it; and else it is found again.
    """
    session, now = db.session(), utcnow()
    try:
        with transaction(session):
            row = session.get(model, row_id, with_for_update=True)
            if row is None or row.lease_until is None or row.lease_until >= now:
                return None
            row.fence, row.lease_until = row.fence + 1, now + LEASE
            prepare(session, row)
            return row.fence
    except Busy:
        return None


def lock(session: Session, model: type[Leased], row_id: int, token: int) -> Leased | None:
    """The row, locked until the transaction ends; None where this token is not that of its lease any more."""
    row = session.get(model, row_id, with_for_update=True)
    is_held = row is not None and row.fence == token and row.lease_until is not None
    return row if is_held else None


def renew(row: Operation | Selection) -> None:
    """Let the lease of a locked row begin anew."""
    row.lease_until = utcnow() + LEASE


def release(model: type[Leased], row_id: int, token: int) -> None:
    """Let another worker go on at once."""
    session = db.session()
    with suppress(Busy), transaction(session):  # it runs out by itself, too
        row = lock(session, model, row_id, token)
        if row is not None:
            row.lease_until = utcnow()
