"""What an operation does with many rows, in steps: by one request all at once, or by a worker in chunks."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask import current_app
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import with_retries
from backoffice.extensions import db
from backoffice.history import Facts, begin_operation, operation
from backoffice.models import Operation, State
from backoffice.work.permission import require_permission
from backoffice.work.queue import call
from backoffice.work.sizes import learn_sizes

# How many rows are changed by a statement, where nobody has to wait for the transaction to end.
ROWS_A_STEP = 5_000


class Job(Protocol):
    """How one kind of operation is carried out."""

    def step(self, session: Session, act: Operation, most: int) -> bool:
        """Change about `most` rows, recorded as changes of `act`, from `act.position` on.

        Returns whether nothing is left to do. It runs inside a `transaction`. What it has to know from
        one step to the next stands in `act.plan`, `act.position` and `act.report`, and is committed with what
        it changed. Whatever a BackofficeError refuses ends the operation.
        """


Begin = Callable[[Session, Operation], None]
# Values of columns of the operation.
Known = Mapping[str, Any]
_makers: dict[str, Callable[[Operation], Job]] = {}


def register(verb: str, make: Callable[[Operation], Job]) -> None:
    """Say how operations are carried out whose kind ends in `verb`."""
    _makers[verb] = make


def job_of(act: Operation) -> Job:
    """The job of an operation."""
    return _makers[act.kind.rpartition(":")[2]](act)


def is_big(rows: int) -> bool:
    """Whether so many rows are work for a worker."""
    return rows > int(current_app.config["BACKGROUND_ROWS"])


def perform(
    kind: str,
    *,
    table: str | None,
    facts: Facts,
    plan: Mapping[str, object],
    expected: int,
    undoes_id: int | None = None,
    administrator_id: int | None = None,
    background: bool,
    begin: Begin | None = None,
) -> Operation:
    """Carry out an operation now, in one transaction, or leave it to a worker, where it is then `waiting`.

    `expected` is the number of rows that it is to change, `begin` is called in the transaction that writes it
    down, and may refuse. `plan["acts"]` names what is done to rows of other tables, by table: the person has
    to be allowed that too. What fits into one transaction is tried again where other transactions won, and
    raises Busy where it cannot be; then nothing was changed.
    """

    known = {
        "plan": dict(plan),
        "expected_rows": expected,
        "undoes_id": undoes_id,
        "administrator_id": administrator_id,
    }
    if background:
        act_id = with_retries(lambda: _put_off(kind, table, facts, begin, known))
        call("operation", act_id)
    else:
        act_id = with_retries(lambda: _carry_out(kind, table, facts, begin, known))
        learn_sizes(act_id)
    return db.session.get_one(Operation, act_id)


def _put_off(kind: str, table: str | None, facts: Facts, begin: Begin | None, known: Known) -> int:
    waiting = {"state": State.WAITING, "lease_until": utcnow()}
    with begin_operation(kind, table=table, facts=facts, **known, **waiting) as act:
        if begin is not None:
            begin(db.session(), act)
        return act.id


def _carry_out(kind: str, table: str | None, facts: Facts, begin: Begin | None, known: Known) -> int:
    began = {"began_at": utcnow()}
    with operation(kind, table=table, facts=facts, keep_empty=True, **known, **began) as act:
        session = db.session()
        if begin is not None:
            begin(session, act)
        require_permission(session, act)
        job = job_of(act)
        while not job.step(session, act, ROWS_A_STEP):
            session.flush()
        return act.id
