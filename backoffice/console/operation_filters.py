"""Which operations a list of them has, as its address says it: `person=susan&kind=delete&from=2026-03-01`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import get_timezone, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false

from backoffice.console.operation_words import WORDS, verb_of
from backoffice.console.table_views import things
from backoffice.exceptions import Invalid
from backoffice.extensions import db
from backoffice.listing import distinct_values
from backoffice.listing.moments import parse_moment
from backoffice.models import Operation
from backoffice.models.identity import is_storable

PERSON, TABLE, KIND, FROM, UNTIL, STATE = ARGUMENTS = ("person", "table", "kind", "from", "until", "state")
RUNNING = "running"
LABELS = {
    PERSON: lazy_gettext("Who"),
    TABLE: lazy_gettext("Table"),
    KIND: lazy_gettext("What"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
    STATE: lazy_gettext("State"),
}


@dataclass(frozen=True)
class OperationFilter:
    """One of them: what it asks of an operation, or why it cannot be asked; then nothing matches."""

    argument: str
    text: str
    condition: ColumnElement[bool]
    error: str | None = None

    @property
    def label(self) -> str:
        """What is asked about."""
        return str(LABELS[self.argument])

    @property
    def words(self) -> str:
        """What it is to be."""
        match self.argument:
            case "table":
                return things(self.text)
            case "kind":
                return str(WORDS[self.text].name) if self.text in WORDS else self.text
            case "state":
                return str(_("unfinished")) if self.text == RUNNING else self.text
            case _:
                return self.text


def parse_operation_filters(arguments: Mapping[str, str]) -> list[OperationFilter]:
    """The filters among the arguments of an address; days are those of the reader's clocks."""
    given = ((name, arguments.get(name, "").strip()) for name in ARGUMENTS)
    return [_filter(name, text) for name, text in given if text]


def _filter(name: str, text: str) -> OperationFilter:
    try:
        return OperationFilter(name, text, _condition(name, text))
    except Invalid as error:
        return OperationFilter(name, text, false(), str(error))


def _condition(name: str, text: str) -> ColumnElement[bool]:
    if not is_storable(text):
        return false()
    zone: Any = get_timezone()
    match name:
        case "person":
            return Operation.actor_name == text
        case "table":
            return Operation.table_name == text
        case "kind":
            return Operation.kind.in_(list(_kinds_of(text)))
        case "from":
            return Operation.started_at >= parse_moment(text, zone)[0]
        case "until":
            return Operation.started_at < parse_moment(text, zone)[1]
        case _:
            # What is unfinished is leased, or waits for that; and that column has an index.
            return Operation.lease_until.is_not(None) if text == RUNNING else false()


def _kinds_of(wanted: str) -> Iterator[str]:
    """The kinds that there are of what was chosen, which is a verb, or a kind itself."""
    yield wanted
    for kind in distinct_values(db.session, Operation.kind):
        if verb_of(kind) == wanted:
            yield kind
