"""Forgetting the content of what is long over: the changes, the words, and from where it was done.

Who did what and when stays. An operation is kept whole as long as another one undoes it that is kept itself:
what was put back has its image there.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import CTE, ColumnElement, and_, delete, exists, func, insert, null, or_, select, update
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import (
    CHANGES,
    FORMAT,
    Actor,
    Digesting,
    acting_as,
    among,
    contents,
    keyring,
    lock_rows,
    unhurried,
)
from backoffice.models import UNFINISHED, Operation, Redaction, Seal, State
from backoffice.retention.one_at_a_time import PURGE, refuse_another
from backoffice.work import perform, register

OPERATIONS_A_STEP = 200
# The worker looks every hour, a little early rather than a day late.
A_DAY = timedelta(hours=23, minutes=30)
# What is forgotten of the operation itself.
FORGOTTEN = ("selection", "facts", "plan", "report", "address", "request_id")


@dataclass(frozen=True)
class Purgeable:
    """What a purge would forget; `first` is the number of the first operation."""

    operations: int
    changes: int
    first: int | None


def purgeable(older_than: datetime) -> Purgeable:
    """What ended before that time, and can be forgotten; however much it is, nobody waits for the count."""
    old = select(Operation.id).where(_may_be_forgotten(older_than))
    with unhurried(db.engine) as connection, connection.begin():
        number, first = connection.execute(
            select(func.count(), func.min(Operation.id)).where(_may_be_forgotten(older_than))
        ).one()
        changes = connection.scalar(select(func.count()).where(CHANGES.c.operation_id.in_(old))) or 0
    return Purgeable(number, changes, first)


def purge(older_than: datetime) -> Operation | None:
    """Begin to forget what ended before that time; whoever calls `work.go_on`, or a worker, goes on with it.

    Nothing is begun where there is nothing to forget. Raises Conflict where something is being forgotten.
    """
    found = purgeable(older_than)
    first = found.first
    if first is None:
        return None

    def begin(session: Session, act: Operation) -> None:
        refuse_another(session, act)
        act.position = first - 1

    return perform(
        PURGE,
        table=None,
        facts={"until": older_than.isoformat()},
        plan={"older_than": older_than.isoformat(), "left": []},
        expected=found.changes,
        background=True,
        begin=begin,
    )


def purge_daily() -> None:
    """Forget once a day what is older than HISTORY_KEEP_DAYS, if that is set."""
    days = current_app.config["HISTORY_KEEP_DAYS"]
    lately = select(Operation.id).where(Operation.kind == PURGE, Operation.started_at > utcnow() - A_DAY)
    if days is None or db.session.scalar(lately.limit(1)) is not None:
        return
    # Where somebody else is forgetting just now, there is another time.
    with suppress(Conflict), acting_as(Actor("command", "manage.py worker")):
        purge(utcnow() - timedelta(days=days))


def _may_be_forgotten(older_than: datetime) -> ColumnElement[bool]:
    return and_(
        Operation.finished_at < older_than,
        Operation.state.not_in(UNFINISHED),
        Operation.kind.not_like("history:%"),
        exists().where(Seal.operation_id == Operation.id),
        or_(Operation.forgotten_at.is_(None), _is_half_forgotten()),
        Operation.id.not_in(select(_undone_by_kept(older_than).c.id)),
    )


def _is_half_forgotten() -> ColumnElement[bool]:
    """Whether a purge was stopped in the middle of it."""
    stopped = (Operation.kind == PURGE) & Operation.state.in_((State.CANCELLED, State.FAILED))
    by = select(Operation.id).where(stopped)
    half = select(Redaction.operation_id).where(Redaction.by_id.in_(by))
    return Operation.id.in_(half) & exists().where(CHANGES.c.operation_id == Operation.id)


def _undone_by_kept(older_than: datetime) -> CTE:
    """The operations that one undoes which is kept, or one that undoes that, and so on."""
    undone = Operation.undoes_id.is_not(None)
    is_kept = or_(Operation.finished_at.is_(None), Operation.finished_at >= older_than)
    kept = select(Operation.undoes_id.label("id")).where(undone, is_kept).cte(recursive=True)
    return kept.union(select(Operation.undoes_id).where(undone, Operation.id == kept.c.id))


class PurgingJob:
    """Some operations are marked, and what is left of them is written down; then their changes go."""

    def __init__(self, act: Operation) -> None:
        self._older_than = datetime.fromisoformat((act.plan or {})["older_than"])

    def step(self, session: Session, act: Operation, most: int) -> bool:
        """See `work.Job`."""
        left: Sequence[int] = (act.plan or {})["left"]
        if not left:
            batch = self._next(session, act.position, most)
            if not batch:
                return True
            left = self._mark(session, act, batch)
            act.position = batch[-1]
        deleted = _delete_changes(session, left, most)
        act.changed_rows += deleted
        act.plan = {**(act.plan or {}), "left": left if deleted == most else []}
        return False

    def _next(self, session: Session, after: int, most: int) -> list[int]:
        old = select(Operation.id, Operation.changed_rows).where(_may_be_forgotten(self._older_than))
        old = old.where(Operation.id > after).order_by(Operation.id).limit(OPERATIONS_A_STEP)
        batch: list[int] = []
        rows = 0
        for number, changed in session.execute(old):
            if batch and rows + changed > most:
                break
            batch.append(number)
            rows += changed
        return batch

    def _mark(self, session: Session, act: Operation, batch: Sequence[int]) -> list[int]:
        # Locked, and asked again: somebody may have begun to undo one of them.
        session.execute(select(Operation.id).where(Operation.id.in_(batch)).with_for_update())
        still = select(Operation.id).where(_may_be_forgotten(self._older_than), Operation.id.in_(batch))
        marked = list(session.scalars(still))
        empty = dict.fromkeys(FORGOTTEN, null())
        session.execute(
            update(Operation).where(Operation.id.in_(marked)).values(forgotten_at=utcnow(), **empty),
            execution_options={"synchronize_session": False},
        )
        _note(session, act, marked)
        return marked


def _note(session: Session, act: Operation, numbers: Sequence[int]) -> None:
    """Write down what these operations are without their changes."""
    key = keyring().current
    found = contents(session.connection(), dict.fromkeys(numbers, Digesting(key, with_changes=False)))
    shared = {"by_id": act.id, "key_id": key.id, "format": FORMAT}
    rows = [
        {"operation_id": number, "content_digest": digest, **shared}
        for number, digest in found.digests.items()
    ]
    if rows:
        session.execute(insert(Redaction), rows)


def _delete_changes(session: Session, numbers: Sequence[int], most: int) -> int:
    if not numbers:
        return 0
    keys = lock_rows(session, CHANGES, CHANGES.c.operation_id.in_(numbers), most=most)
    if keys:
        session.execute(delete(CHANGES).where(among(session, CHANGES, keys)))
    return len(keys)


register("purge", PurgingJob)
