"""What an operation did, and how it stands, in words."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import force_locale, format_decimal, lazy_gettext, ngettext
from flask_babel import gettext as _

from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.locale import ENGLISH
from backoffice.models import State


class Words(NamedTuple):
    """What was done; what is being done, or was not to its end; and what both are called among others."""

    done: Any
    doing: Any
    name: Any


def _words(done: Any, name: Any, doing: Any = None) -> Words:
    """Only big work is ever seen while it is being done."""
    return Words(done, doing or done, name)


# By what follows the first colon of a kind, or the last one.
WORDS = {
    "create": _words(lazy_gettext("Created %(what)s"), lazy_gettext("Created")),
    "update": _words(lazy_gettext("Changed %(what)s"), lazy_gettext("Changed")),
    "edit": _words(
        lazy_gettext("Changed %(what)s"),
        lazy_gettext("Changed, many at once"),
        lazy_gettext("Changing %(what)s"),
    ),
    "delete": _words(
        lazy_gettext("Deleted %(what)s"), lazy_gettext("Deleted"), lazy_gettext("Deleting %(what)s")
    ),
    "undo": _words(lazy_gettext("Undid: %(what)s"), lazy_gettext("Undid"), lazy_gettext("Undoing: %(what)s")),
    "put_back": _words(
        lazy_gettext("Put back %(what)s"),
        lazy_gettext("Put back a past version"),
        lazy_gettext("Putting back %(what)s"),
    ),
    "grant": _words(lazy_gettext("Gave access to %(what)s"), lazy_gettext("Gave access")),
    "revoke": _words(lazy_gettext("Took access from %(what)s"), lazy_gettext("Took access away")),
    "disable": _words(lazy_gettext("Disabled %(what)s"), lazy_gettext("Disabled")),
    "enable": _words(lazy_gettext("Enabled %(what)s"), lazy_gettext("Enabled")),
    "role": _words(lazy_gettext("Changed the role of %(what)s"), lazy_gettext("Changed a role")),
    "end_sessions": _words(lazy_gettext("Ended sessions of %(what)s"), lazy_gettext("Ended sessions")),
    "password:change": _words(lazy_gettext("Set a password"), lazy_gettext("Set a password")),
    "password:renew": _words(
        lazy_gettext("Stored a password more safely"), lazy_gettext("Stored a password more safely")
    ),
    "second-factor:add": _words(
        lazy_gettext("Set up an authenticator app: %(what)s"), lazy_gettext("Set up an authenticator app")
    ),
    "second-factor:remove": _words(
        lazy_gettext("Removed an authenticator app: %(what)s"), lazy_gettext("Removed an authenticator app")
    ),
    "second-factor:reset": _words(
        lazy_gettext("Reset the second factor: %(what)s"), lazy_gettext("Reset a second factor")
    ),
    "passkey:add": _words(lazy_gettext("Added a passkey: %(what)s"), lazy_gettext("Added a passkey")),
    "passkey:remove": _words(lazy_gettext("Removed a passkey: %(what)s"), lazy_gettext("Removed a passkey")),
    "recovery-codes:make": _words(
        lazy_gettext("Made recovery codes: %(what)s"), lazy_gettext("Made recovery codes")
    ),
    "seed": _words(lazy_gettext("Added sample data: %(what)s"), lazy_gettext("Added sample data")),
    "orm": _words(lazy_gettext("Changed %(what)s"), lazy_gettext("Changed by a program")),
    "purge": _words(
        lazy_gettext("Forgot old history: %(what)s"),
        lazy_gettext("Forgot old history"),
        lazy_gettext("Forgetting old history: %(what)s"),
    ),
    "forget": _words(lazy_gettext("Removed %(what)s from history"), lazy_gettext("Removed from history")),
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
    words = WORDS[verb].done if act.state in (None, State.DONE) else WORDS[verb].doing
    return str(words) % {"what": act.selection or _rows(act)}


def english_words_of(act: Any) -> str:
    """The same as history keeps it of what another operation was about."""
    with force_locale(ENGLISH):
        return words_of(act)


def in_history(*words: Any) -> str:
    """What history keeps of what an operation is about: in English, whoever made it and whoever reads it."""
    with force_locale(ENGLISH):
        return " ".join(map(str, words))


def verb_of(kind: str) -> str | None:
    """Which of WORDS say it: those for the whole of what follows the table, or for its last part."""
    after_table = kind.partition(":")[2] or kind
    return next((verb for verb in (after_table, kind.rpartition(":")[2]) if verb in WORDS), None)


def verb_choices(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """What there is to choose of these kinds: (value, label) pairs, a kind without words by its own name."""
    named: dict[str, str] = {}
    for kind in kinds:
        verb = verb_of(kind)
        named[verb or kind] = str(WORDS[verb].name) if verb else kind
    order = list(WORDS)
    return sorted(named.items(), key=lambda pair: (order.index(pair[0]) if pair[0] in WORDS else 99, pair))


def state_cell(state: str) -> Cell:
    """How an operation stands; what ended too early stands out."""
    kinds = {State.DONE: "text", State.CANCELLED: "alert", State.FAILED: "alert"}
    return Cell(kinds.get(State(state), "badge"), state_words(state))


def state_words(state: str) -> str:
    """How an operation stands, in words."""
    return str(STATES[State(state)])


def actor_words(act: Any) -> str:
    """Who did it, by name; a name that only the shell knows is nobody's here."""
    return str(
        _("%(name)s, in the shell", name=act.actor_name) if act.actor_kind == "shell" else act.actor_name
    )


def _rows(act: Any) -> str:
    number = format_decimal(act.changed_rows)
    rows = str(ngettext("%(number)s row", "%(number)s rows", act.changed_rows, number=number))
    return rows if act.table_name is None else f"{rows} ({act.table_name})"
