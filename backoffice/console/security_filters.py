"""Which events the security log shows, as its address says: `person=susan&kind=sign-in&from=2026-03-01`."""

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement

from backoffice.console.filtered_list import FROM, UNTIL, FilteredList
from backoffice.console.security_words import GROUPS, words_of_kind
from backoffice.models import SecurityEvent

PERSON, KIND, ADDRESS = "person", "kind", "address"
LABELS = {
    PERSON: lazy_gettext("Who"),
    KIND: lazy_gettext("What"),
    ADDRESS: lazy_gettext("Address"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
}


def _condition(name: str, text: str) -> ColumnElement[bool]:
    match name:
        case "person":
            return SecurityEvent.name == text
        case "kind" if text in GROUPS:
            return SecurityEvent.kind.startswith(f"{text}:", autoescape=True)
        case "kind":
            return SecurityEvent.kind == text
        case _:
            return SecurityEvent.address == text


def _words(name: str, text: str) -> str:
    if name != KIND:
        return text
    return str(GROUPS[text]) if text in GROUPS else words_of_kind(text)


EVENTS = FilteredList("security.index_view", SecurityEvent, "at", LABELS, _condition, _words)
