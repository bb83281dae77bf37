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
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import commit_soon, transaction
from backoffice.database_errors import AWAY, BUSY, Blame, Fault, Reason, fault_of
from backoffice.exceptions import BackofficeError, Busy, EndReason
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, join
from backoffice.models import Operation, State
from backoffice.reasons import RULE_OF_THE_TABLE, VALUE_OF_A_ROW, reason_of
from backoffice.work import lease
from backoffice.work.jobs import Job, job_of
from backoffice.work.pace import Pace
from backoffice.work.permission import require_permission
from backoffice.work.sizes import learn_sizes

log = logging.getLogger(__name__)

# Rows that somebody else holds are waited for twice, as long as the database waits for a lock; then left out.
PATIENT_ATTEMPTS = 2
# Between one attempt and the next: whatever was the matter, it is noticed so soon that it is over.
LONGEST_SLEEP = 2.0
# After so long, what is the matter is noted for whoever looks on.
NOTED_SECONDS = 1.0
# What does not pass so soon is left to the next lease, and the thread is free for other operations.
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
class _Run:
    """What a worker does of an operation while it holds the lease; `token` is its fencing token."""

    operation_id: int
    token: int
    pace: Pace
    job: Job | None = None
    # How often in a row, since when, and how often because somebody else held rows.
    failures: int = 0
    since: float = 0.0
    held_up: int = 0


def run_operation(operation_id: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Do what is left of an operation, unless somebody else is at it; stops at a chunk's end if told to."""
    token = lease.acquire(Operation, operation_id, _begin)
    if token is None:
        return
    try:
        run = _Run(operation_id, token, Pace(db.engine.dialect.name))
        with acting_as(_actor_of(operation_id)), force_locale("en"):
            _run_chunks(run, is_stopping)
    finally:
        lease.drop(Operation, operation_id)


def _begin(_session: Session, act: Operation) -> None:
    act.state, act.heartbeat_at = State.RUNNING, utcnow()


def _actor_of(operation_id: int) -> Actor:
    """Whoever began it: what a worker does, it does in their name."""
    act = db.session.get_one(Operation, operation_id)
    return Actor(act.actor_kind, act.actor_name, act.actor_id, act.address, act.request_id)


def _run_chunks(run: _Run, is_stopping: Callable[[], bool]) -> None:
    while not is_stopping():
        if _chunk_or_wait(run) is Outcome.OVER:
            learn_sizes(run.operation_id)
            return
        run.pace.let_others_write()
    lease.release(Operation, run.operation_id, run.token)


def _chunk_or_wait(run: _Run) -> Outcome:
    """A chunk; where the database cannot do it now, a while without one."""
    try:
        outcome = _timed_chunk(run)
    except Busy as busy:
        return _wait(run, fault_of(busy.__cause__) if busy.__cause__ else BUSY)
    except BackofficeError as refusal:
        return _fail(run, reason_of(refusal))
    except SQLAlchemyError as error:
        fault = fault_of(error)
        log.error("operation %d: %s, %s", run.operation_id, type(error).__name__, fault.reason)
        return _fail(run, _refused(fault)) if fault.blame is Blame.ROWS else _wait(run, fault)
    except Exception:
        log.exception("operation %d stopped", run.operation_id)
        return _wait(run, MISTAKE)
    run.failures, run.held_up = 0, 0
    return outcome


def _refused(fault: Fault) -> EndReason:
    """Why the database refuses a row; what it said itself may hold what is in the rows."""
    return {"code": VALUE_OF_A_ROW if fault.reason is Reason.VALUE else RULE_OF_THE_TABLE}


def _timed_chunk(run: _Run) -> Outcome:
    begun = monotonic()
    outcome = _chunk(run)
    run.pace.took(monotonic() - begun)
    return outcome


def _chunk(run: _Run) -> Outcome:
    session = db.session()
    with transaction(session):
        # Locked until the end: nobody else can acquire the lease meanwhile.
        act = lease.lock(session, Operation, run.operation_id, run.token)
        if act is None:
            return Outcome.OVER
        if act.cancel_at is not None:
            return _finish(act, State.CANCELLED)
        require_permission(session, act)
        act.began_at = act.began_at or utcnow()
        # Rows that others hold are not waited for a third time: see `history.lock_rows`.
        session.info["skip_locked"] = run.held_up >= PATIENT_ATTEMPTS
        join(session, act)
        run.job = run.job or job_of(act)
        if run.job.step(session, act, run.pace.rows):
            return _finish(act, State.DONE)
        act.heartbeat_at, act.waits_for, act.waits_since = utcnow(), None, None
        lease.renew(act)
        commit_soon(session)
        return Outcome.MORE


def _finish(act: Operation, state: State) -> Outcome:
    act.state, act.finished_at, act.heartbeat_at = state, utcnow(), utcnow()
    act.lease_until, act.holder, act.waits_for, act.waits_since = None, None, None, None
    return Outcome.OVER


def _fail(run: _Run, reason: EndReason) -> Outcome:
    """End an operation that cannot go on; what was done stays, and can be undone."""
    session = db.session()
    with suppress(Busy), transaction(session):
        act = lease.lock(session, Operation, run.operation_id, run.token)
        if act is not None:
            act.report = {**(act.report or {}), "error": reason}
            _finish(act, State.FAILED)
        return Outcome.OVER
    return _sleep(run)  # and then come to the same end


def _wait(run: _Run, fault: Fault) -> Outcome:
    """Let a while pass, ask for less, or leave it to a later lease, as what is the matter wants it."""
    run.job = None  # what it remembers of a chunk that did not come through is not so
    run.since = run.since if run.failures else monotonic()
    run.failures += 1
    if fault == BUSY:
        run.held_up += 1
        run.pace.slow_down()
    lasts = monotonic() - run.since
    if fault.blame is Blame.OURS and run.pace.halve():
        return _note(run, fault) or _sleep(run)
    if fault.blame is Blame.NOBODYS and lasts < PATIENCE_SECONDS:
        can_be_noted = lasts > NOTED_SECONDS and fault != AWAY
        is_over = can_be_noted and _note(run, fault) is Outcome.OVER
        return Outcome.OVER if is_over else _sleep(run)
    return _note(run, fault, PAUSES.get(fault.blame, LONG_PAUSE)) or _sleep(run)


def _sleep(run: _Run) -> Outcome:
    sleep(min(LONGEST_SLEEP, 0.1 * 2 ** min(run.failures, 8)))
    return Outcome.MORE


def _note(run: _Run, fault: Fault, pause: timedelta | None = None) -> Outcome | None:
    """Note what an operation waits for; with a pause, leave it for so long, and the run is over.

    None where the database cannot even do that.
    """
    session = db.session()
    try:
        with transaction(session):
            act = lease.lock(session, Operation, run.operation_id, run.token)
            if act is None:
                return Outcome.OVER
            if act.waits_for != fault.reason:
                log.warning("operation %d waits: %s", act.id, fault.reason)
                act.waits_for, act.waits_since = fault.reason, utcnow()
            lease.renew(act)
            if pause is not None:
                lease.pause(act, pause)
    except (Busy, SQLAlchemyError):
        return None
    return Outcome.MORE if pause is None else Outcome.OVER
