"""Who goes on with an operation: one worker at a time, known by the number of its turn."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import Busy
from backoffice.extensions import db
from backoffice.models import Operation, State

# A worker that has not come to the end of a chunk for so long is taken for dead. One that was only slow finds
# another number when it comes back, and can write nothing any more.
LEASE = timedelta(seconds=30)
MOST_AT_ONCE = 20


def due() -> Sequence[int]:
    """The operations that nobody goes on with now, oldest first."""
    waiting = select(Operation.id).where(Operation.lease_until < utcnow()).order_by(Operation.lease_until)
    found = db.session.scalars(waiting.limit(MOST_AT_ONCE)).all()
    db.session.rollback()
    return found


def take(operation_id: int) -> int | None:
    """Take the next turn at an operation, and give its number; None where it is somebody else's, or over.

    Where the database is busy with it somebody is at it; and else it is found again.
    """
    session, now = db.session(), utcnow()
    try:
        with transaction(session):
            act = session.get(Operation, operation_id, with_for_update=True)
            if act is None or act.lease_until is None or act.lease_until >= now:
                return None
            act.fence, act.lease_until, act.heartbeat_at = act.fence + 1, now + LEASE, now
            act.state = State.RUNNING
            return act.fence
    except Busy:
        return None


def give_back(operation_id: int, turn: int) -> None:
    """Let another worker go on at once."""
    session = db.session()
    with suppress(Busy), transaction(session):  # it runs out by itself, too
        act = session.get(Operation, operation_id, with_for_update=True)
        if act is not None and act.fence == turn and act.lease_until is not None:
            act.lease_until = utcnow()
