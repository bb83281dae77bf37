"""What undoing an operation would do: tried, and taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.database import with_retries
from backoffice.history import begin_operation
from backoffice.models import Change, Operation, OperationReport
from backoffice.statement_timeouts import TimedOut, budget
from backoffice.undo.undoing import VERB, UndoJob, plan_of, refusal_of, rows_of
from backoffice.work import ROWS_A_STEP, is_big, reason_labels

# Of big work only so much is tried: what stands in the way of the rest is skipped when it is done.
ROWS_TRIED = 1_000
COUNTING_SECONDS = 1.0
CHANGES_SHOWN = 10
OBSTACLES_SHOWN = 20
# What turning a change of each kind round does.
TURNED = {"delete": "restore", "insert": "remove", "update": "revert"}


class Effect(NamedTuple):
    """So many rows of a table are put back: `restore`, `remove` or `revert`."""

    table: str
    action: str
    rows: int


class Obstacle(NamedTuple):
    """A row that would be skipped, and why: see `work.reason_label`."""

    table: str
    key: str
    reason: str


@dataclass(frozen=True)
class Preview:
    """What would happen now; where not `is_whole`, only the first rows were tried."""

    refusal: str | None = None
    rows: int = 0
    effects: Sequence[Effect] = ()
    obstacles: Mapping[str, int] = field(default_factory=dict)
    # The reasons in words, by how they are stored.
    labels: Mapping[str, str] = field(default_factory=dict)
    examples: Sequence[Obstacle] = ()
    first: Sequence[Change] = ()
    is_big: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether everything was tried."""
        return not self.is_big


def preview(session: Session, act: Operation, only: Collection[int] = ()) -> Preview:
    """What undoing `act`, or `only` these of its changes, would do now. Nothing is changed.

    Raises Forbidden where whoever asks may not undo it, Busy where the database is.
    """
    refusal = refusal_of(act)
    if refusal is not None:
        return Preview(refusal)
    act_id, table, rows = act.id, act.table_name, rows_of(act, only)
    big = is_big(rows)
    trial = with_retries(lambda: _try(session, act_id, only, big))
    in_the_way = [Obstacle(*row) for row in trial.report.get("left_out_rows", [])]
    effects = _recorded_effects(session, act_id, rows) if big else trial.effects
    return Preview(
        rows=rows if big else sum(effect.rows for effect in effects),
        effects=effects,
        obstacles=trial.report.get("left_out", {}),
        labels=reason_labels(trial.report, table),
        examples=in_the_way[:OBSTACLES_SHOWN],
        first=_first(session, act_id, only, in_the_way),
        is_big=big,
    )


class _Tried(Exception):
    """What came of a trial; raised, so that all of it is taken back."""

    def __init__(self, effects: Sequence[Effect], report: OperationReport) -> None:
        super().__init__()
        self.effects, self.report = effects, report


def _try(session: Session, act_id: int, only: Collection[int], big: bool) -> _Tried:
    try:
        with begin_operation(VERB) as trial:
            act = session.get_one(Operation, act_id)
            trial.plan = plan_of(act, only, skip=True)
            job = UndoJob(trial)
            while job.revert_chunk(session, trial, ROWS_TRIED if big else ROWS_A_STEP) and not big:
                session.flush()
            raise _Tried(_effects_of_trial(session, trial), trial.report or {})
    except _Tried as tried:
        return tried


def _effects_of_trial(session: Session, trial: Operation) -> list[Effect]:
    """What the trial recorded: a row that came back was inserted."""
    turned = {"insert": "restore", "delete": "remove", "update": "revert"}
    return [Effect(table, turned[action], rows) for table, action, rows in _counts(session, trial.id)]


def _recorded_effects(session: Session, act_id: int, rows: int) -> list[Effect]:
    try:
        with budget(session, COUNTING_SECONDS):
            return [Effect(table, TURNED[action], n) for table, action, n in _counts(session, act_id)]
    except TimedOut:
        first = _first(session, act_id, ())[0]
        return [Effect(first.table_name, TURNED[first.action], rows)]


def _counts(session: Session, operation_id: int) -> Sequence[tuple[str, str, int]]:
    by = (Change.table_name, Change.action)
    statement = select(*by, func.count()).where(Change.operation_id == operation_id)
    rows = session.connection().execute(statement.group_by(*by).order_by(*by))
    return [(row[0], row[1], row[2]) for row in rows]


def _first(
    session: Session, act_id: int, only: Collection[int], in_the_way: Sequence[Obstacle] = ()
) -> Sequence[Change]:
    """The first changes that would be undone, without those of rows that would be skipped."""
    statement = select(Change).where(Change.operation_id == act_id).order_by(Change.id.desc())
    if only:
        statement = statement.where(Change.id.in_(only))
    rows = session.scalars(statement.limit(CHANGES_SHOWN + len(in_the_way)))
    skipped = {(row.table, row.key) for row in in_the_way}
    return [one for one in rows if (one.table_name, one.row_key) not in skipped][:CHANGES_SHOWN]
