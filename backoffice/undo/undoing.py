"""Undoing an operation, whole or some of its changes: by one request, or by a worker in chunks."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.exceptions import Conflict
from backoffice.history import (
    ChangeRecord,
    Facts,
    about_rows,
    about_undone,
    change_records,
    changed_table,
    span_of_changes,
)
from backoffice.models import Operation, OperationReport, RowKey
from backoffice.reasons import NOTHING_TO_UNDO, because
from backoffice.registry import registry
from backoffice.undo.reverting import revert, runs_of
from backoffice.work import is_big, note_skipped, perform, reason_labels, register, require_permission

VERB = "undo"


def undo(
    act: Operation,
    *,
    facts: Facts | None = None,
    skip: bool = False,
    only: Collection[int] = (),
    administrator_id: int | None = None,
) -> Operation:
    """Undo an operation, or `only` these of its changes; recorded as an operation, which can be undone too.

    `facts` say what that is about, where more is known of it than how many changes it is.
    Where something stands in the way of some rows these are skipped, if `skip`, and reported; else
    Conflict is raised, with what it is, and nothing was changed. Work for a worker leaves out in any case.
    Raises Forbidden where the administrator may not undo changes of one of its tables.
    """
    refusal = refusal_of(act)
    if refusal is not None:
        raise Conflict(refusal)
    rows = rows_of(act, only)
    background = is_big(rows)
    return perform(
        f"{act.table_name}:{VERB}" if act.table_name else VERB,
        table=act.table_name,
        facts=facts or (about_rows(rows) if only else about_undone(act)),
        plan=plan_of(act, only, skip=skip or background),
        expected=rows,
        undoes_id=act.id,
        administrator_id=administrator_id,
        background=background,
        begin=_begin,
    )


def _begin(session: Session, act: Operation) -> None:
    """One at a time: who presses the button twice starts nothing twice."""
    undone = session.get_one(Operation, act.undoes_id, with_for_update={"key_share": True})
    if undone.forgotten_at is not None:  # since it was asked
        raise Conflict(refusal_of(undone))
    others = select(Operation.id).where(Operation.undoes_id == act.undoes_id, Operation.id != act.id)
    if session.scalar(others.where(Operation.lease_until.is_not(None)).limit(1)) is not None:
        raise Conflict(_("This is being undone already. Nothing was started twice."))


def refusal_of(act: Operation) -> str | None:
    """Why an operation cannot be undone at all; None where it can."""
    if not act.is_finished:
        return str(_("This is still going on. It can be undone when it has ended, or was stopped."))
    if act.forgotten_at is not None:
        return str(_("What this changed is not kept any more, so it cannot be undone."))
    if not act.changed_rows or act.kind.startswith("history:"):
        return str(_("There is nothing to undo: no change is recorded."))
    return None


def rows_of(act: Operation, only: Collection[int]) -> int:
    """How many changes are to be undone."""
    return len(only) or act.changed_rows


def plan_of(act: Operation, only: Collection[int], *, skip: bool) -> dict[str, object]:
    """What the job has to know."""
    return {"undoes": act.id, "only": sorted(only), "leave_out": skip}


class UndoJob:
    """The changes of an operation reverted, the last one first."""

    def __init__(self, act: Operation) -> None:
        plan = act.plan or {}
        self._undoes: int = plan["undoes"]
        self._only: list[int] = plan["only"]
        self._leaves_out: bool = plan["leave_out"]
        self._span: tuple[int, int] | None = None

    def step(self, session: Session, act: Operation, most: int) -> bool:
        """See `work.Job`."""
        if self.revert_chunk(session, act, most):
            return False
        skipped = (act.report or {}).get("left_out", {})
        if skipped and not self._leaves_out:
            raise Conflict(in_the_way_words(act))
        if not act.changed_rows:
            words = _("Nothing can be undone any more: %(why)s", why=in_the_way_words(act))
            raise because(Conflict, NOTHING_TO_UNDO, words)
        return True

    def revert_chunk(self, session: Session, act: Operation, most: int) -> bool:
        """Turn at most so many changes round, or all of a few; whether there may be more."""
        self._span = self._span or span_of_changes(session, self._undoes)
        first, last = self._span
        last = act.position - 1 if act.position else last
        if last < first:
            return False
        if not self._only:
            first = max(first, last - most + 1)
        chunk = change_records(session, self._undoes, first, last, self._only)
        tables = {change.table for change in chunk}
        # Before anything is reverted: it may be the name of the person who acts.
        require_permission(session, act, *tables)
        with _watching(session, tables):
            for run in runs_of(chunk):
                table = changed_table(session, run[0].table)
                skipped = revert(session, act, table, run)
                note_skipped(act, table, _by_key(run, skipped))
        act.position = first
        return True


@contextmanager
def _watching(session: Session, tables: Collection[str]) -> Iterator[None]:
    """What has to hold of these tables before and after, all of them together."""
    guards = filter(None, map(registry().guard_of, tables))
    with ExitStack() as stack:
        for watch in {one.watch for one in guards if one.watch is not None}:
            stack.enter_context(watch(session))
        yield


def _by_key(run: Iterable[ChangeRecord], skipped: Mapping[int, str]) -> dict[RowKey, str]:
    return {change.key_text: skipped[change.id] for change in run if change.id in skipped}


def in_the_way_words(act: Operation) -> str:
    """What stands in the way, in a sentence."""
    report: OperationReport = act.report or {}
    skipped, labels = report.get("left_out", {}), reason_labels(report, act.table_name)
    reasons = [f"{rows}: {labels[reason]}" for reason, rows in skipped.items()]
    words = ngettext(
        "%(num)s row stands in the way (%(reasons)s). Nothing was changed.",
        "%(num)s rows stand in the way (%(reasons)s). Nothing was changed.",
        sum(skipped.values()),
        reasons="; ".join(reasons),
    )
    return str(words)


register(VERB, UndoJob)
