"""What an operation really did, in sentences, for whoever wanted it."""

from collections import Counter
from collections.abc import Mapping

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.console.presenters.delete_effects import settled
from backoffice.console.presenters.table_labels import rows_label
from backoffice.exceptions import EndReason
from backoffice.models import Operation, OperationReport, State
from backoffice.reasons import in_words
from backoffice.work import reason_labels


def report_of(act: Operation) -> str:
    """What was done, what became of other rows, what was skipped and why."""
    report: OperationReport = act.report or {}
    labels = reason_labels(report, act.table_name)
    sentences = [*_done(act, report), *skipped_sentences(report.get("left_out", {}), labels)]
    return " ".join([*sentences, *_ending(report.get("error"))])


def _ending(reason: EndReason | str | None) -> list[str]:
    """Why it ended before it was done, if it did."""
    return [] if reason is None else [in_words(reason)]


def skipped_sentences(skipped: Mapping[str, int], labels: Mapping[str, str]) -> list[str]:
    """What was skipped, by reason; `labels` are the reasons in words."""
    counted = Counter(skipped)
    gone = counted.pop("missing", 0)
    sentences = (
        [str(ngettext("%(num)s was gone already.", "%(num)s were gone already.", gone))] if gone else []
    )
    label = _("Left out")
    return sentences + [f"{label}: {format_decimal(rows)}, {labels[why]}." for why, rows in counted.items()]


def skipped_rows(act: Operation) -> int:
    """How many rows it left out."""
    return sum((act.report or {}).get("left_out", {}).values())


def _done(act: Operation, report: OperationReport) -> list[str]:
    match act.kind.rpartition(":")[2]:
        case "delete":
            return _deleted(act, report)
        case "edit":
            return _edited(act)
        case "undo":
            rows = act.changed_rows
            undone = ngettext(
                "%(number)s change undone.", "%(number)s changes undone.", rows, number=_number(rows)
            )
            return [str(undone)]
        case _:
            return []


def _deleted(act: Operation, report: OperationReport) -> list[str]:
    told = report.get("effects", [])
    deleted = act.changed_rows - sum(rows for _name, _fate, rows in told)
    sentences = [str(_("%(rows)s deleted.", rows=_counted(act, deleted)))]
    return sentences + [settled(name, on_delete, rows) for name, on_delete, rows in told]


def _edited(act: Operation) -> list[str]:
    sentences = [str(_("%(rows)s changed.", rows=_counted(act, act.changed_rows)))]
    same = act.expected_rows - act.changed_rows - skipped_rows(act)
    if same > 0 and act.state == State.DONE:
        sentences.append(str(_("%(rows)s had these values already.", rows=_counted(act, same))))
    return sentences


def _counted(act: Operation, rows: int) -> str:
    return rows_label(str(act.table_name), rows)


def _number(rows: int) -> str:
    return str(format_decimal(rows))
