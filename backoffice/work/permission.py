"""Whether whoever began an operation still may do it; asked in every transaction that goes on with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.models import Administrator, Operation
from backoffice.permissions import require

# What each kind of operation does to the rows, as the roles name it.
ACTS = {"delete": "delete", "edit": "edit", "undo": "undo"}


def permission_of(act: Operation) -> str:
    """What an operation does, as the roles name it."""
    return ACTS.get(act.kind.rpartition(":")[2], "bulk")


def require_permission(session: Session, act: Operation) -> None:
    """Raise Forbidden where they may not any more do this to its table, and to those that `acts` names."""
    if act.administrator_id is None:  # begun by a command
        return
    grant = session.scalar(
        select(Administrator)
        .where(Administrator.id == act.administrator_id)
        .execution_options(populate_existing=True)
    )
    active = grant if grant is not None and grant.is_active else None
    require(active, permission_of(act), act.table_name)
    for table, what in (act.plan or {}).get("acts", {}).items():
        require(active, what, table)
