"""Whether whoever began an operation may go on with it; asked when it runs, not only when it is shown."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.models import Administrator, Operation
from backoffice.permissions import require

# What each kind of operation does to the rows, as the roles name it.
ACTS = {"delete": "delete", "edit": "edit", "undo": "undo"}


def require_permission(session: Session, act: Operation, table: str | None) -> None:
    """Raise Forbidden where whoever began `act` may not do it, or not any more, to rows of `table`."""
    if act.administrator_id is None:  # begun by a command
        return
    grant = session.scalar(select(Administrator).where(Administrator.id == act.administrator_id))
    require(grant if grant is not None and grant.is_active else None, permission_of(act), table)


def permission_of(act: Operation) -> str:
    """What an operation does, as the roles name it."""
    return ACTS.get(act.kind.rpartition(":")[2], "bulk")
