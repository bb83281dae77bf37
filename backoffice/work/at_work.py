"""What is going on just now on the rows of a table."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.models import Operation


def at_work_on(session: Session, table: str) -> list[Operation]:
    """The operations that are not over and change rows of this table, the oldest first."""
    # What is not over is leased, or waits for that; and that column has an index.
    unfinished = select(Operation).where(Operation.lease_until.is_not(None)).order_by(Operation.id)
    return [act for act in session.scalars(unfinished) if table in set(_tables(session, act))]


def _tables(session: Session, act: Operation) -> Iterator[str | None]:
    """The tables whose rows it changes: its own, and those that its plan names, or that of what it undoes."""
    yield act.table_name
    yield from (act.plan or {}).get("acts", {})
    undone = session.get(Operation, act.undoes_id) if act.undoes_id is not None else None
    if undone is not None:
        yield from _tables(session, undone)
