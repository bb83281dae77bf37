"""Whether whoever began an operation still may do it; asked in every transaction that goes on with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.models import Administrator, Operation
from backoffice.permissions import require

# The permission that each kind of operation needs.
PERMISSIONS = {"delete": "delete", "edit": "edit", "undo": "undo"}


def permission_of(act: Operation) -> str:
    """The permission that an operation needs."""
    return PERMISSIONS.get(act.kind.rpartition(":")[2], "bulk")


def require_permission(session: Session, act: Operation, *tables: str) -> None:
    """Raise Forbidden where they may not, or not any more, do this to its table, and to `tables`.

    What it does to those that its plan names in `acts` is asked for too.
    """
    if act.administrator_id is None:  # begun by a command
        return
    grant = session.scalar(
        select(Administrator)
        .where(Administrator.id == act.administrator_id)
        .execution_options(populate_existing=True)
    )
    active = grant if grant is not None and grant.is_active else None
    for table in (act.table_name, *tables):
        require(active, permission_of(act), table)
    for table, what in (act.plan or {}).get("acts", {}).items():
        require(active, what, table)
