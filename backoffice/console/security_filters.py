"""Which events the security log shows, as its address says: `person=susan&kind=sign-in&from=2026-03-01`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import get_timezone, lazy_gettext
from sqlalchemy import ColumnElement, false

from backoffice.console.security_words import GROUPS, words_of_kind
from backoffice.exceptions import Invalid
from backoffice.listing.moments import parse_moment
from backoffice.models import SecurityEvent
from backoffice.models.identity import is_storable

PERSON, KIND, ADDRESS, FROM, UNTIL = ARGUMENTS = ("person", "kind", "address", "from", "until")
LABELS = {
    PERSON: lazy_gettext("Who"),
    KIND: lazy_gettext("What"),
    ADDRESS: lazy_gettext("Address"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
}


@dataclass(frozen=True)
class EventFilter:
    """One of them: what it asks of an event, or why it cannot be asked; then nothing matches."""

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
        if self.argument != KIND:
            return self.text
        return str(GROUPS[self.text]) if self.text in GROUPS else words_of_kind(self.text)


def parse_event_filters(arguments: Mapping[str, str]) -> list[EventFilter]:
    """The filters among the arguments of an address; days are those of the reader's clocks."""
    given = ((name, arguments.get(name, "").strip()) for name in ARGUMENTS)
    return [_filter(name, text) for name, text in given if text]


def _filter(name: str, text: str) -> EventFilter:
    try:
        return EventFilter(name, text, _condition(name, text))
    except Invalid as error:
        return EventFilter(name, text, false(), str(error))


def _condition(name: str, text: str) -> ColumnElement[bool]:
    if not is_storable(text):
        return false()
    zone: Any = get_timezone()
    match name:
        case "person":
            return SecurityEvent.name == text
        case "kind" if text in GROUPS:
            return SecurityEvent.kind.startswith(f"{text}:", autoescape=True)
        case "kind":
            return SecurityEvent.kind == text
        case "address":
            return SecurityEvent.address == text
        case "from":
            return SecurityEvent.at >= parse_moment(text, zone)[0]
        case _:
            return SecurityEvent.at < parse_moment(text, zone)[1]
