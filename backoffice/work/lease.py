"""Who goes on with what: one worker at a time, known by its name, as long as it is believed to be there.

A worker that was only thought dead finds another number, or another lease, when it comes back, and can write
nothing any more. One that knows itself not to be at what stands under its name lets go of it at once: it was
killed and started again, or lost its connection at the wrong moment.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.exc import SQLAlchemyError

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import Busy
from backoffice.extensions import db
from backoffice.models import Operation, Selection, State

# A worker that has not come to the end of a chunk for so long is taken for dead.
LEASE = timedelta(seconds=30)
# Nobody has a lease that ends later: one that does was written by a clock that was wrong.
FURTHEST = LEASE + timedelta(seconds=5)
MOST_AT_ONCE = 20
LONGEST_NAME = 64

Held = Operation | Selection
# What the threads of this process are at.
_at: set[tuple[str, int]] = set()
_names: list[str] = []


def call_worker(name: str | None) -> None:
    """Have this process be the worker of this name; there is no other one of it at the same time."""
    _names[:] = [name[:LONGEST_NAME]] if name else []


def holder() -> str:
    """The name of this worker, a new one for each process that was given none."""
    return _names[0] if _names else _own_name(os.getpid())


@cache
def _own_name(number: int) -> str:
    return f"{socket.gethostname()[:32]}:{number}:{secrets.token_hex(4)}"


def nobody_at(model: type[Held]) -> ColumnElement[bool]:
    """The condition that there is something to do which nobody goes on with now."""
    now = utcnow()
    ours = [number for kind, number in tuple(_at) if kind == model.__tablename__]
    left_behind = and_(model.holder == holder(), model.id.not_in(ours) if ours else true())
    late, wrong = model.lease_until < now, model.lease_until > now + FURTHEST
    return and_(model.lease_until.is_not(None), or_(late, wrong, left_behind))


def is_free(held: Held) -> bool:
    """The same of a row."""
    if held.lease_until is None:
        return False
    left_behind = held.holder == holder() and (held.__tablename__, held.id) not in _at
    now = utcnow()
    return left_behind or held.lease_until < now or held.lease_until > now + FURTHEST


def lend(held: Held) -> datetime:
    """Let this worker go on with it from here on, in the transaction of the caller; returns until when."""
    until = utcnow() + LEASE
    held.lease_until, held.holder = until, holder()
    return until


def leave(held: Held, pause: timedelta = timedelta(0)) -> None:
    """Let any worker go on with it after a pause, in the transaction of the caller."""
    held.lease_until, held.holder = utcnow() + pause, None


def come(held: Held | type[Held], number: int) -> None:
    """Be at what was lent."""
    _at.add((held.__tablename__, number))


def go(held: Held | type[Held], number: int) -> None:
    """Not be at it any more, whatever the database says."""
    _at.discard((held.__tablename__, number))


def due() -> Sequence[int]:
    """The operations that nobody goes on with now, oldest first."""
    waiting = select(Operation.id).where(nobody_at(Operation)).order_by(Operation.lease_until)
    found = db.session.scalars(waiting.limit(MOST_AT_ONCE)).all()
    db.session.rollback()
    return found


def take(operation_id: int) -> int | None:
    """Take the next turn at an operation, and return its number; None where it is somebody else's, or over.

    Where the database is busy with it somebody is at it; and else it is found again.
    """
    session = db.session()
    try:
        with transaction(session):
            act = session.get(Operation, operation_id, with_for_update={"nowait": True})
            if act is None or not is_free(act):
                return None
            act.fence, act.state, act.heartbeat_at = act.fence + 1, State.RUNNING, utcnow()
            lend(act)
            turn = act.fence
    except Busy:
        return None
    come(Operation, operation_id)
    return turn


def give_back(operation_id: int, turn: int) -> None:
    """Let another worker go on at once."""
    session = db.session()
    # Whoever comes next under the same name does so in any case, and others when the lease has run out.
    with suppress(Busy, SQLAlchemyError), transaction(session):
        act = session.get(Operation, operation_id, with_for_update=True)
        if act is not None and act.fence == turn and act.lease_until is not None:
            leave(act)
