"""Letting lists know how many rows there are now, after an operation that many rows came or went by."""

from contextlib import suppress

from backoffice.exceptions import Busy
from backoffice.extensions import db
from backoffice.listing import note_sizes_again
from backoffice.models import Operation

# Fewer make no difference to an estimate.
MANY = 1_000


def learn_sizes(operation_id: int) -> None:
    """Note the sizes of tables anew, if this operation has changed that many rows."""
    session = db.session()
    act = session.get(Operation, operation_id)
    if act is not None and act.changed_rows >= MANY:
        with suppress(Busy):  # a worker does it every hour, too
            note_sizes_again(session)
    session.rollback()
