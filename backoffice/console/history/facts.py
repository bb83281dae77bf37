"""What there is to say about one operation."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask_babel import format_decimal, format_timedelta, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.presenters import (
    Act,
    Cell,
    actor_label,
    column_labels,
    may_see,
    operation_label,
    operation_url,
    reason_cells,
    record_cells,
    report_of,
    state_cell,
    table_label,
    what_of,
)
from backoffice.extensions import db
from backoffice.models import Operation, OperationReport, State

LEFT_OUT_SHOWN = 20
# How an administrator made sure who it was that asked for something.
WAYS = {
    "in person": lazy_gettext("in person"),
    "by telephone": lazy_gettext("by calling a number that I knew before"),
    "another way": lazy_gettext("in another way"),
}


def outcome_of(act: Operation) -> str:
    """What came of it, in sentences; nothing where the title says it all."""
    if act.state == State.DONE:
        return report_of(act)
    if act.state == State.CANCELLED:
        stopped = _("Stopped by %(name)s.", name=act.cancel_by)
        return f"{stopped} {_kept(act)} {report_of(act)}"
    return f"{report_of(act)} {_kept(act)}" if act.is_finished else ""


def _kept(act: Operation) -> str:
    """How far it came before it ended too early."""
    if not act.changed_rows:
        return str(_("Nothing was changed."))
    return str(
        _(
            "%(done)s of %(rows)s rows were done; what was done stays, and can be undone.",
            done=format_decimal(act.changed_rows),
            rows=format_decimal(act.expected_rows),
        )
    )


def facts_of(act: Operation, undoing: Operation | None) -> Iterator[tuple[str, Cell]]:
    yield _("Who"), Cell("text", actor_label(act))
    yield _("When"), Cell("datetime", act.started_at)
    if act.is_finished:
        yield from _ending(act)
    yield from _subject(act)
    if act.undoes_id is not None:
        yield _("Undoes"), operation_cell(db.session.get_one(Operation, act.undoes_id))
    if undoing is not None:
        yield _("Undone by"), operation_cell(undoing)
    if act.forgotten_at is not None:
        yield _("Forgotten"), Cell("datetime", act.forgotten_at)
    yield _("Address"), Cell("text", act.address) if act.address else Cell("empty", "")
    yield _("Recorded as"), Cell("text", f"{act.kind} #{act.id}")
    if act.request_id:
        yield _("Request"), Cell("text", act.request_id)


def _subject(act: Operation) -> Iterator[tuple[str, Cell]]:
    if act.table_name is not None:
        yield _("Table"), Cell("text", table_label(act.table_name))
    about = Act.of(act)
    if about.facts and about.undone is None:
        yield _("Which"), Cell("text", what_of(act))
    if columns := about.facts.get("columns"):
        yield _("Fields"), Cell("text", ", ".join(column_labels(act.table_name, columns)))
    if made_by := about.facts.get("link"):
        yield _("With a link from"), Cell("text", made_by)
    if made_sure := (act.report or {}).get("made_sure"):
        yield _("Made sure who asked"), Cell("text", str(WAYS.get(made_sure, made_sure)))


def undoing_of(act: Operation) -> Operation | None:
    """The last operation that undid this one, or is about to."""
    undoing = select(Operation).where(Operation.undoes_id == act.id).order_by(Operation.id.desc()).limit(1)
    return db.session.scalar(undoing)


def _ending(act: Operation) -> Iterator[tuple[str, Cell]]:
    took = act.finished_at - act.began_at if act.finished_at and act.began_at else timedelta()
    if took >= timedelta(seconds=1):
        yield _("Took"), Cell("text", format_timedelta(took))
    yield _("State"), state_cell(act.state)
    yield _("Rows changed"), Cell("text", _rows_words(act))


def _rows_words(act: Operation) -> str:
    changed = format_decimal(act.changed_rows)
    if act.changed_rows == act.expected_rows:
        return str(changed)
    return str(_("%(done)s of %(rows)s", done=changed, rows=format_decimal(act.expected_rows)))


def operation_cell(act: Operation) -> Cell:
    """Another operation; its words only for whom may see it."""
    if not may_see(act.table_name):
        return Cell("text", f"#{act.id}")
    return Cell("text", f"#{act.id}: {operation_label(act)}", operation_url(act.id))


def skipped_in(act: Operation) -> list[tuple[Cell, Cell]]:
    """The first rows that were skipped, each with the reason."""
    report: OperationReport = act.report or {}
    return rows_with_reasons(act.undoes_id, report.get("left_out_rows", [])[:LEFT_OUT_SHOWN])


def rows_with_reasons(undone_id: int | None, skipped: Sequence[Sequence[str]]) -> list[tuple[Cell, Cell]]:
    """Rows that are skipped where this operation is undone, (table, key, reason); those that may be seen."""
    rows = [(table, key, why) for table, key, why in skipped if may_see(table)]
    records = record_cells([(table, key) for table, key, _why in rows])
    return list(zip(records, reason_cells(undone_id, rows), strict=True))
