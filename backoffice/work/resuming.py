"""Going on at once with an operation that waits for something, instead of a little later by itself."""

from backoffice.database import transaction, with_retries
from backoffice.extensions import db
from backoffice.history import claim
from backoffice.models import Operation
from backoffice.work import lease
from backoffice.work.queue import call


def resume(operation_id: int) -> bool:
    """Have a worker go on with it now; returns False where it does not wait for anything. Raises Busy."""
    waited = with_retries(lambda: _resume(operation_id))
    if waited:
        call("operation", operation_id)
    return waited


def _resume(operation_id: int) -> bool:
    session = db.session()
    with transaction(session):
        claim(session)
        act = session.get_one(Operation, operation_id, with_for_update=True)
        if act.is_finished or act.waits_for is None:
            return False
        if act.holder is None:  # else whoever holds it tries again every other second
            lease.pause(act)
        return True
