"""Going on with an operation, chunk by chunk, each with its record and its progress in one transaction.

Whenever this ends, in whatever way, the next worker finds in the operation itself what is left to do.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from time import monotonic, sleep

from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError, IntegrityError

from backoffice.clock import utcnow
from backoffice.database import commit_soon, writing
from backoffice.exceptions import BackofficeError, Busy
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, join
from backoffice.models import Operation, State
from backoffice.reasons import DATABASE, RULE_OF_THE_TABLE, UNEXPECTED, Reason, reason_of
from backoffice.work.jobs import Job, job_of
from backoffice.work.lease import LEASE, give_back, take
from backoffice.work.pace import Pace
from backoffice.work.permission import require_permission
from backoffice.work.sizes import learn_sizes

log = logging.getLogger(__name__)

# Rows that somebody else holds are waited for twice, as long as the database waits for a lock; then left out.
PATIENT_ATTEMPTS = 2
# A database that is being restarted is back by then; else the next worker tries.
AWAY_SECONDS = 60


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
    failures: int = 0
    away_since: float | None = field(default=None)


def go_on(operation_id: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Do what is left of an operation, unless somebody else is at it; stops at a chunk's end if told to."""
    number = take(operation_id)
    if number is None:
        return
    turn = _Turn(operation_id, number, Pace(db.engine.dialect.name))
    with acting_as(_actor_of(operation_id)), force_locale("en"):
        while not is_stopping():
            if _chunk_or_wait(turn) is Outcome.OVER:
                learn_sizes(operation_id)
                return
            turn.pace.let_others_write()
    give_back(operation_id, number)


def _actor_of(operation_id: int) -> Actor:
    """Whoever began it: what a worker does, it does in their name."""
    act = db.session.get_one(Operation, operation_id)
    return Actor(act.actor_kind, act.actor_name, act.actor_id, act.address, act.request_id)


def _chunk_or_wait(turn: _Turn) -> Outcome:
    """A chunk; where the database is busy or away, a while without one."""
    try:
        outcome = _timed_chunk(turn)
    except Busy as error:
        return _wait(turn, error.__cause__ or error)
    except BackofficeError as refusal:
        return _fail(turn, reason_of(refusal))
    except DBAPIError as error:
        return _fail(turn, _refused(turn, error))
    except Exception:  # else every worker would come to it again, for ever
        log.exception("operation %d failed", turn.operation_id)
        return _fail(turn, {"code": UNEXPECTED})
    turn.failures, turn.away_since = 0, None
    return outcome


def _refused(turn: _Turn, error: DBAPIError) -> Reason:
    """Why the database refuses; what it said itself may hold what is in the rows."""
    log.error("operation %d: %s (%s)", turn.operation_id, type(error).__name__, type(error.orig).__name__)
    return {"code": RULE_OF_THE_TABLE if isinstance(error, IntegrityError) else DATABASE}


def _timed_chunk(turn: _Turn) -> Outcome:
    begun = monotonic()
    outcome = _chunk(turn)
    turn.pace.took(monotonic() - begun)
    return outcome


def _chunk(turn: _Turn) -> Outcome:
    session = db.session()
    with writing(session):
        # Locked until the end: nobody else can take a turn meanwhile.
        act = session.get(Operation, turn.operation_id, with_for_update=True)
        if act is None or act.fence != turn.number or act.is_finished:
            return Outcome.OVER
        if act.cancel_at is not None:
            return _finish(act, State.CANCELLED)
        require_permission(session, act)
        act.began_at = act.began_at or utcnow()
        # Rows that others hold are not waited for a third time: see `history.lock_rows`.
        session.info["skip_locked"] = turn.failures >= PATIENT_ATTEMPTS
        join(session, act)
        turn.job = turn.job or job_of(act)
        if turn.job.step(session, act, turn.pace.rows):
            return _finish(act, State.DONE)
        act.heartbeat_at, act.lease_until = utcnow(), utcnow() + LEASE
        commit_soon(session)
        return Outcome.MORE


def _finish(act: Operation, state: State) -> Outcome:
    act.state, act.finished_at, act.heartbeat_at, act.lease_until = state, utcnow(), utcnow(), None
    return Outcome.OVER


def _fail(turn: _Turn, reason: Reason) -> Outcome:
    """End an operation that cannot go on; what was done stays, and can be undone."""
    session = db.session()
    with suppress(Busy), writing(session):  # whoever takes the next turn comes to the same end
        act = session.get(Operation, turn.operation_id, with_for_update=True)
        if act is not None and act.fence == turn.number and not act.is_finished:
            act.report = {**(act.report or {}), "error": reason}
            _finish(act, State.FAILED)
    return Outcome.OVER


def _wait(turn: _Turn, error: BaseException) -> Outcome:
    turn.failures += 1
    turn.away_since = turn.away_since or monotonic()
    turn.pace.slow_down()
    log.warning("operation %d waits: %s", turn.operation_id, type(getattr(error, "orig", error)).__name__)
    if monotonic() - turn.away_since > AWAY_SECONDS:
        return Outcome.OVER  # its lease runs out, and then it is somebody's turn again
    sleep(min(2.0, 0.1 * 2**turn.failures))
    return Outcome.MORE
