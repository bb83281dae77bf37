"""What an operation did, and how it stands, in words."""

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale, format_decimal, lazy_gettext, ngettext

from backoffice.console.reader import ENGLISH
from backoffice.models.operation import State

# By what follows the first colon of a kind, or the last one; each with its name in the choice of kinds.
WORDS = {
    "create": (lazy_gettext("Created %(what)s"), lazy_gettext("Created")),
    "update": (lazy_gettext("Changed %(what)s"), lazy_gettext("Changed")),
    "edit": (lazy_gettext("Changed %(what)s"), lazy_gettext("Changed, many at once")),
    "delete": (lazy_gettext("Deleted %(what)s"), lazy_gettext("Deleted")),
    "undo": (lazy_gettext("Undid: %(what)s"), lazy_gettext("Undid")),
    "put_back": (lazy_gettext("Put back %(what)s"), lazy_gettext("Put back")),
    "grant": (lazy_gettext("Gave access to %(what)s"), lazy_gettext("Gave access")),
    "revoke": (lazy_gettext("Took access from %(what)s"), lazy_gettext("Took access away")),
    "disable": (lazy_gettext("Disabled %(what)s"), lazy_gettext("Disabled")),
    "enable": (lazy_gettext("Enabled %(what)s"), lazy_gettext("Enabled")),
    "password:change": (lazy_gettext("Set a password"), lazy_gettext("Set a password")),
    "password:renew": (
        lazy_gettext("Stored a password more safely"),
        lazy_gettext("Stored a password more safely"),
    ),
    "seed": (lazy_gettext("Added sample data: %(what)s"), lazy_gettext("Added sample data")),
    "orm": (lazy_gettext("Changed %(what)s"), lazy_gettext("Changed by a program")),
    "purge": (lazy_gettext("Forgot old history: %(what)s"), lazy_gettext("Forgot old history")),
    "forget": (lazy_gettext("Removed %(what)s from history"), lazy_gettext("Removed from history")),
}

STATES = {
    State.WAITING: lazy_gettext("waiting"),
    State.RUNNING: lazy_gettext("running"),
    State.DONE: lazy_gettext("done"),
    State.CANCELLED: lazy_gettext("stopped"),
    State.FAILED: lazy_gettext("failed"),
}


def words_of(act: Any) -> str:
    """What was done, in a few words; a kind that has none is shown as it is."""
    verb = verb_of(act.kind)
    if verb is None:
        return f"{act.kind}, {_rows(act)}"
    return str(WORDS[verb][0]) % {"what": act.selection or _rows(act)}


def english_words_of(act: Any) -> str:
    """The same as history keeps it of what another operation was about."""
    with force_locale(ENGLISH):
        return words_of(act)


def verb_of(kind: str) -> str | None:
    """Which of WORDS say it: those for the whole of what follows the table, or for its last part."""
    after_table = kind.partition(":")[2] or kind
    return next((verb for verb in (after_table, kind.rpartition(":")[2]) if verb in WORDS), None)


def verb_choices(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """What there is to choose of these kinds: (value, label) pairs, a kind without words by its own name."""
    named: dict[str, str] = {}
    for kind in kinds:
        verb = verb_of(kind)
        named[verb or kind] = str(WORDS[verb][1]) if verb else kind
    order = list(WORDS)
    return sorted(named.items(), key=lambda pair: (order.index(pair[0]) if pair[0] in WORDS else 99, pair))


def state_words(state: str) -> str:
    """How an operation stands."""
    return str(STATES.get(State(state), state))


def _rows(act: Any) -> str:
    number = format_decimal(act.changed_rows)
    rows = str(ngettext("%(number)s row", "%(number)s rows", act.changed_rows, number=number))
    return rows if act.table_name is None else f"{rows} ({act.table_name})"
