"""Which rows an operation left out, and why, as it is kept and as it is said."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import Table

from backoffice.models import Operation, OperationReport, RowKey
from backoffice.registry import column_label

# Of how many rows that were skipped an operation keeps which they were.
MOST_NAMED = 100

MISSING = "missing"
CHANGED = "changed"
UNMATCHED = "unmatched"
LOCKED = "locked"
REFERRED = "referred"
THERE = "there"
TAKEN = "taken"
GONE = "gone"
FORGOTTEN = "forgotten"
REFUSED = "refused"
OWN = "own"
ADMINISTRATOR = "administrator"

WORDS = {
    MISSING: lazy_gettext("not there any more"),
    CHANGED: lazy_gettext("changed meanwhile"),
    UNMATCHED: lazy_gettext("does not match any more"),
    LOCKED: lazy_gettext("held by somebody else for too long"),
    REFERRED: lazy_gettext("other rows have come to refer to it"),
    THERE: lazy_gettext("there again already"),
    TAKEN: lazy_gettext("another one has the same “%(column)s”"),
    GONE: lazy_gettext("what its “%(column)s” refers to is gone"),
    FORGOTTEN: lazy_gettext("not kept any more"),
    REFUSED: lazy_gettext("a rule of the table is against it"),
    OWN: lazy_gettext("your own account"),
    ADMINISTRATOR: lazy_gettext("an administrator of this console"),
}


def with_columns(reason: str, columns: Sequence[str]) -> str:
    """A reason that lies in some of a row's columns."""
    return f"{reason}:{', '.join(columns)}"


def columns_in(reason: str) -> list[str]:
    """The columns that a reason lies in."""
    columns = reason.partition(":")[2]
    return columns.split(", ") if columns else []


def reason_label(reason: str, table: str | None) -> str:
    """A reason in the reader's language; the columns are called as those of this table are."""
    kind, _, columns = reason.partition(":")
    words = str(WORDS.get(kind, reason))
    return words % {"column": columns_label(table, columns_in(reason))} if columns else words


def columns_label(table: str | None, columns: Sequence[str]) -> str:
    """What columns of a table are called."""
    return ", ".join(column_label(table, column) for column in columns)


def reason_labels(report: OperationReport, table: str | None) -> dict[str, str]:
    """The reasons of a report; of each is known of which table rows were skipped, if not of `table`."""
    table_of = {why: name for name, _key, why in reversed(report.get("left_out_rows", []))}
    return {why: reason_label(why, table_of.get(why, table)) for why in report.get("left_out", {})}


def note_skipped(act: Operation, table: Table, skipped: Mapping[RowKey, str]) -> None:
    """Add to what an operation reports of the rows that it left out."""
    if not skipped:
        return
    report = act.report or {}
    counts = Counter(report.get("left_out", {})) + Counter(skipped.values())
    named = [*report.get("left_out_rows", []), *([table.name, str(k), why] for k, why in skipped.items())]
    act.report = {**report, "left_out": dict(counts), "left_out_rows": named[:MOST_NAMED]}
