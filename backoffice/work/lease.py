"""Leases: one worker at a time works on a row, known by its name and by the fencing token of its lease.

A lease that is not renewed runs out, and the next worker gets another token. Whoever was only slow finds
that out when it comes back, and can write nothing any more. A worker that knows itself not to be at what
stands under its name lets go of it at once: it was killed and started again, or lost its connection at the
wrong moment.
"""

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import SQLAlchemyError
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
# Nobody has a lease that ends later: one that does was written by a clock that was wrong.
FURTHEST = LEASE + timedelta(seconds=5)
MOST_AT_ONCE = 20
LONGEST_NAME = 64

# What the threads of this process hold.
_held: set[tuple[str, int]] = set()
_names: list[str] = []


def name_worker(name: str | None) -> None:
    """Have this process be the worker of this name; there is no other one of it at the same time."""
    _names[:] = [name[:LONGEST_NAME]] if name else []


def holder() -> str:
    """The name of this worker, a new one for each process that was given none."""
    return _names[0] if _names else _own_name(os.getpid())


@cache
def _own_name(number: int) -> str:
    return f"{socket.gethostname()[:32]}:{number}:{secrets.token_hex(4)}"


def due(model: type[Leased]) -> Sequence[int]:
    """The rows on which no worker works now, the one that waits longest first."""
    waiting = select(model.id).where(_is_free(model)).order_by(model.lease_until)
    found = db.session.scalars(waiting.limit(MOST_AT_ONCE)).all()
    db.session.rollback()
    return found


def _is_free(model: type[Leased]) -> ColumnElement[bool]:
    now = utcnow()
    ours = [number for table, number in tuple(_held) if table == model.__tablename__]
    left_behind = and_(model.holder == holder(), model.id.not_in(ours))
    late, wrong = model.lease_until < now, model.lease_until > now + FURTHEST
    return and_(model.lease_until.is_not(None), or_(late, wrong, left_behind))


def is_free(row: Operation | Selection) -> bool:
    """Whether there is work on a row, and no worker at it."""
    if row.lease_until is None:
        return False
    left_behind = row.holder == holder() and (row.__tablename__, row.id) not in _held
    now = utcnow()
    return left_behind or row.lease_until < now or row.lease_until > now + FURTHEST


def acquire(
    model: type[Leased], row_id: int, prepare: Callable[[Session, Leased], None] = lambda _session, _row: None
) -> int | None:
    """The fencing token of a new lease; None where another worker holds one, or there is no work any more.

    `prepare` is called with the row in the same transaction. Where the database is busy with the row, another
    worker is at it; and else it is found again. What is acquired is given up with `drop`.
    """
    session = db.session()
    try:
        with transaction(session):
            row = session.get(model, row_id, with_for_update={"nowait": True})
            if row is None or not is_free(row):
                return None
            row.fence += 1
            renew(row)
            prepare(session, row)
            token = row.fence
    except Busy:
        return None
    _held.add((model.__tablename__, row_id))
    return token


def lock(session: Session, model: type[Leased], row_id: int, token: int) -> Leased | None:
    """The row, locked until the transaction ends; None where this token is not that of its lease any more."""
    row = session.get(model, row_id, with_for_update=True)
    is_held = row is not None and row.fence == token and row.lease_until is not None
    return row if is_held else None


def renew(row: Operation | Selection) -> None:
    """Let the lease of a locked row begin anew, in the name of this worker."""
    row.lease_until, row.holder = utcnow() + LEASE, holder()


def pause(row: Operation | Selection, seconds: timedelta = timedelta(0)) -> None:
    """Let any worker acquire the lease of a locked row after a pause."""
    row.lease_until, row.holder = utcnow() + seconds, None


def release(model: type[Leased], row_id: int, token: int, seconds: timedelta = timedelta(0)) -> None:
    """Let another worker go on after a pause, by default at once."""
    session = db.session()
    # Whoever comes next under the same name does so in any case, and others when the lease has run out.
    with suppress(Busy, SQLAlchemyError), transaction(session):
        row = lock(session, model, row_id, token)
        if row is not None:
            pause(row, seconds)


def drop(model: type[Leased], row_id: int) -> None:
    """Not be at it any more, whatever the database says."""
    _held.discard((model.__tablename__, row_id))
