"""Which rows an operation left out, and why, as it is kept and as it is said."""

from collections import Counter
from collections.abc import Mapping

from flask_babel import lazy_gettext
from sqlalchemy import Table

from backoffice.models import Operation, RowKey

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
    TAKEN: lazy_gettext("another one has the same %(column)s"),
    GONE: lazy_gettext("what its %(column)s refers to is gone"),
    FORGOTTEN: lazy_gettext("not kept any more"),
    REFUSED: lazy_gettext("a rule of the table is against it"),
    OWN: lazy_gettext("your own account"),
    ADMINISTRATOR: lazy_gettext("an administrator of this console"),
}


def with_column(reason: str, column: str) -> str:
    """A reason that lies in one of a row's columns."""
    return f"{reason}:{column}"


def reason_label(reason: str) -> str:
    """A reason in the reader's language."""
    kind, _, column = reason.partition(":")
    words = str(WORDS.get(kind, reason))
    return words % {"column": column} if column else words


def note_skipped(act: Operation, table: Table, skipped: Mapping[RowKey, str]) -> None:
    """Add to what an operation reports of the rows that it left out."""
    if not skipped:
        return
    report = act.report or {}
    counts = Counter(report.get("left_out", {})) + Counter(skipped.values())
    named = [*report.get("left_out_rows", []), *([table.name, str(k), why] for k, why in skipped.items())]
    act.report = {**report, "left_out": dict(counts), "left_out_rows": named[:MOST_NAMED]}
