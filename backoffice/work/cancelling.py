"""Stopping an operation: at the end of the chunk that is being done, or at once where nobody is at it."""

from backoffice.clock import utcnow
from backoffice.database import transaction, with_retries
from backoffice.extensions import db
from backoffice.history import claim
from backoffice.models import Operation, State
from backoffice.work.lease import is_free


def cancel(operation_id: int, by: str) -> bool:
    """Have an operation stopped; what it did stays. Returns False where it was over, or no worker does it.

    Raises Busy where the database would not let it through.
    """
    return with_retries(lambda: _cancel(operation_id, by))


def _cancel(operation_id: int, by: str) -> bool:
    session, now = db.session(), utcnow()
    with transaction(session):
        claim(session)
        act = session.get_one(Operation, operation_id, with_for_update=True)
        # What has no lease is done by no worker, and comes to its own end: see `retention.forget`.
        if act.is_finished or act.lease_until is None:
            return False
        if act.cancel_at is None:
            act.cancel_at, act.cancel_by = now, by
        if act.holder is None or is_free(act):
            # A worker that was only thought dead finds another number, and that it is over.
            act.fence, act.state = act.fence + 1, State.CANCELLED
            act.finished_at, act.lease_until, act.holder, act.waits_for = now, None, None, None
        return True
