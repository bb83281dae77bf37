"""Which operations a list of them has, as its address says it: `person=susan&kind=delete&from=2026-03-01`."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, false

from backoffice.console.filtered_list import FROM, UNTIL, FilteredList
from backoffice.console.operation_words import WORDS, verb_of
from backoffice.console.table_views import things
from backoffice.extensions import db
from backoffice.listing import distinct_values
from backoffice.models import Operation

RUNNING = "running"
LABELS = {
    "person": lazy_gettext("Who"),
    "table": lazy_gettext("Table"),
    "kind": lazy_gettext("What"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
    "state": lazy_gettext("State"),
}


def _condition(name: str, text: str) -> ColumnElement[bool]:
    match name:
        case "person":
            return Operation.actor_name == text
        case "table":
            return Operation.table_name == text
        case "kind":
            return Operation.kind.in_(list(_kinds_of(text)))
        case _:
            # What is unfinished is leased, or waits for that; and that column has an index.
            return Operation.lease_until.is_not(None) if text == RUNNING else false()


def _kinds_of(wanted: str) -> Iterator[str]:
    """The kinds that there are of what was chosen, which is a verb, or a kind itself."""
    yield wanted
    for kind in distinct_values(db.session, Operation.kind):
        if verb_of(kind) == wanted:
            yield kind


def _words(name: str, text: str) -> str:
    match name:
        case "table":
            return things(text)
        case "kind":
            return str(WORDS[text].name) if text in WORDS else text
        case "state":
            return str(_("unfinished")) if text == RUNNING else text
        case _:
            return text


OPERATIONS = FilteredList("history.index_view", Operation, "started_at", LABELS, _condition, _words)
