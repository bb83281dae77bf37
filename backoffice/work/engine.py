"""Going on with an operation, chunk by chunk, each with its record and its progress in one transaction.

Whenever this ends, in whatever way, the next worker finds in the operation itself what is left to do. It ends
as failed by its own rows only, or where whoever began it may not go on with it: whatever else stops it is
waited out, or noted as what it waits for.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from time import monotonic, sleep

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from backoffice.clock import utcnow
from backoffice.database import commit_soon, transaction
from backoffice.database_errors import AWAY, BUSY, Blame, Fault, Reason, fault_of
from backoffice.exceptions import BackofficeError, Busy
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, join
from backoffice.models import Operation, State
from backoffice.work.jobs import Job, job_of
from backoffice.work.lease import give_back, go, leave, lend, take
from backoffice.work.pace import Pace
from backoffice.work.permission import require_permission

log = logging.getLogger(__name__)

# Rows that somebody else holds are waited for twice, as long as the database waits for a lock; then left out.
PATIENT_ATTEMPTS = 2
# Between one attempt and the next: whatever was the matter, it is noticed so soon that it is over.
LONGEST_SLEEP = 2.0
# After so long, what is the matter is noted for whoever looks on.
NOTED_SECONDS = 1.0
# What does not pass so soon is left to the next turn, and the thread is free for other operations.
PATIENCE_SECONDS = 60
# When it is tried again after it stopped for good: what somebody has to mend, soon after they have; what has
# to do with how much there is, or is a mistake of ours, not as often.
PAUSES = {Blame.OPERATORS: timedelta(seconds=2)}
LONG_PAUSE = timedelta(seconds=30)
MISTAKE = Fault(Blame.UNKNOWN, Reason.FAILED)


class Outcome(Enum):
    """What came of a chunk."""

    MORE = "more"
    OVER = "over"  # there is no more, or it is somebody else's


@dataclass
class _Turn:
    """One worker's turn at an operation."""

    operation_id: int
    number: int
    pace: Pace
    job: Job | None = None
    # How often in a row, since when, and how often because somebody else held rows.
    failures: int = 0
    since: float = 0.0
    held_up: int = 0


def go_on(operation_id: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Do what is left of an operation, unless somebody else is at it; stops at a chunk's end if told to."""
    number = take(operation_id)
    if number is None:
        return
    try:
        turn = _Turn(operation_id, number, Pace(db.engine.dialect.name))
        with acting_as(_actor_of(operation_id)), force_locale("en"):
            _take_turn(turn, is_stopping)
    finally:
        go(Operation, operation_id)


def _actor_of(operation_id: int) -> Actor:
    """Whoever began it: what a worker does, it does in their name."""
    act = db.session.get_one(Operation, operation_id)
    return Actor(act.actor_kind, act.actor_name, act.actor_id, act.address, act.request_id)


def _take_turn(turn: _Turn, is_stopping: Callable[[], bool]) -> None:
    while not is_stopping():
        if _chunk_or_wait(turn) is Outcome.OVER:
            return
        turn.pace.let_others_write()
    give_back(turn.operation_id, turn.number)


def _chunk_or_wait(turn: _Turn) -> Outcome:
    """A chunk; where the database cannot do it now, a while without one."""
    try:
        outcome = _timed_chunk(turn)
    except Busy as busy:
        return _wait(turn, fault_of(busy.__cause__) if busy.__cause__ else BUSY)
    except BackofficeError as refusal:
        return _fail(turn, str(refusal))
    except SQLAlchemyError as error:
        fault = fault_of(error)
        log.error("operation %d: %s, %s", turn.operation_id, type(error).__name__, fault.reason)
        return _fail(turn, _refused(fault)) if fault.blame is Blame.ROWS else _wait(turn, fault)
    except Exception:
        log.exception("operation %d stopped", turn.operation_id)
        return _wait(turn, MISTAKE)
    turn.failures, turn.held_up = 0, 0
    return outcome


def _refused(fault: Fault) -> str:
    """Why the database refuses a row, in words; what it said itself may hold what is in the rows."""
    if fault.reason is Reason.VALUE:
        return str(_("The database refused to go on: it cannot hold one of the values."))
    return str(_("The database refused to go on: it would break one of the table's own rules."))


def _timed_chunk(turn: _Turn) -> Outcome:
    begun = monotonic()
    outcome = _chunk(turn)
    turn.pace.took(monotonic() - begun)
    return outcome


def _chunk(turn: _Turn) -> Outcome:
    session = db.session()
    with transaction(session):
        # Locked until the end: nobody else can take a turn meanwhile.
        act = session.get(Operation, turn.operation_id, with_for_update=True)
        if act is None or act.fence != turn.number or act.is_finished:
            return Outcome.OVER
        if act.cancel_at is not None:
            return _finish(act, State.CANCELLED)
        require_permission(session, act)
        act.began_at = act.began_at or utcnow()
        # Rows that others hold are not waited for a third time: see `history.lock_rows`.
        session.info["skip_locked"] = turn.held_up >= PATIENT_ATTEMPTS
        join(session, act)
        turn.job = turn.job or job_of(act)
        if turn.job.step(session, act, turn.pace.rows):
            return _finish(act, State.DONE)
        act.heartbeat_at, act.waits_for, act.waits_since = utcnow(), None, None
        lend(act)
        commit_soon(session)
        return Outcome.MORE


def _finish(act: Operation, state: State) -> Outcome:
    act.state, act.finished_at, act.heartbeat_at = state, utcnow(), utcnow()
    act.lease_until, act.holder, act.waits_for, act.waits_since = None, None, None, None
    return Outcome.OVER


def _fail(turn: _Turn, reason: str) -> Outcome:
    """End an operation that cannot go on; what was done stays, and can be undone."""
    session = db.session()
    with suppress(Busy), transaction(session):
        act = session.get(Operation, turn.operation_id, with_for_update=True)
        if act is not None and act.fence == turn.number and not act.is_finished:
            act.report = {**(act.report or {}), "error": reason}
            _finish(act, State.FAILED)
        return Outcome.OVER
    return _sleep(turn)  # and then come to the same end


def _wait(turn: _Turn, fault: Fault) -> Outcome:
    """Let a while pass, ask for less, or leave it to a later turn, as what is the matter wants it."""
    turn.job = None  # what it remembers of a chunk that did not come through is not so
    turn.since = turn.since if turn.failures else monotonic()
    turn.failures += 1
    if fault == BUSY:
        turn.held_up += 1
        turn.pace.slow_down()
    lasts = monotonic() - turn.since
    if fault.blame is Blame.OURS and turn.pace.halve():
        return _note(turn, fault) or _sleep(turn)
    if fault.blame is Blame.NOBODYS and lasts < PATIENCE_SECONDS:
        can_be_noted = lasts > NOTED_SECONDS and fault != AWAY
        is_over = can_be_noted and _note(turn, fault) is Outcome.OVER
        return Outcome.OVER if is_over else _sleep(turn)
    return _note(turn, fault, PAUSES.get(fault.blame, LONG_PAUSE)) or _sleep(turn)


def _sleep(turn: _Turn) -> Outcome:
    sleep(min(LONGEST_SLEEP, 0.1 * 2 ** min(turn.failures, 8)))
    return Outcome.MORE


def _note(turn: _Turn, fault: Fault, pause: timedelta | None = None) -> Outcome | None:
    """Note what an operation waits for; with a pause, leave it for so long, and the turn is over.

    None where the database cannot even do that.
    """
    session = db.session()
    try:
        with transaction(session):
            act = session.get(Operation, turn.operation_id, with_for_update=True)
            if act is None or act.fence != turn.number or act.is_finished:
                return Outcome.OVER
            if act.waits_for != fault.reason:
                log.warning("operation %d waits: %s", act.id, fault.reason)
                act.waits_for, act.waits_since = fault.reason, utcnow()
            lend(act)
            if pause is not None:
                leave(act, pause)
    except (Busy, SQLAlchemyError):
        return None
    return Outcome.MORE if pause is None else Outcome.OVER
