"""What an operation did, and how it stands, in words."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.operation_facts import Act, about
from backoffice.console.presenters.operation_verbs import WORDS, verb_of
from backoffice.models import Operation, State
from backoffice.permissions import GRANTS
from backoffice.statements import AnyRow

STATES = {
    State.WAITING: lazy_gettext("waiting"),
    State.RUNNING: lazy_gettext("running"),
    State.DONE: lazy_gettext("done"),
    State.CANCELLED: lazy_gettext("stopped"),
    State.FAILED: lazy_gettext("failed"),
}


def operation_label(act: Operation | AnyRow) -> str:
    """What was done, in a few words; a kind that has none is shown as it is."""
    return _title(Act.of(act), is_done=act.state in (None, State.DONE))


def what_of(act: Operation | AnyRow) -> str:
    """What it was about, by itself."""
    return about(Act.of(act))


def _title(act: Act, *, is_done: bool = True) -> str:
    verb = verb_of(act.kind)
    if verb is None:
        return f"{act.kind}, {about(act)}"
    if act.undone is not None:
        return _undoing_title(act, act.undone, is_done=is_done)
    if not (act.facts or act.rows):
        return str(WORDS[verb].name)
    if verb == "undo":  # of some rows only, which were deleted
        verb = "put_back" if act.facts else verb
    words = WORDS[verb].done if is_done else WORDS[verb].doing
    return str(words) % {"what": _what(act)}


def _undoing_title(act: Act, undone: Act, *, is_done: bool) -> str:
    """Of what was reverted more than once, each time is said."""
    title = _title(undone)
    for _time in range(act.facts.get("times", 1) - 1):
        title = str(WORDS["undo"].done) % {"what": title}
    return str(WORDS["undo"].done if is_done else WORDS["undo"].doing) % {"what": title}


def _what(act: Act) -> str:
    """Of somebody's access, only the name: the verb says the rest."""
    name = act.facts.get("row", {}).get("name")
    return str(_("“%(name)s”", name=name)) if name and act.table == GRANTS else about(act)


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


def actor_label(act: Operation | AnyRow) -> str:
    """Who did it, by name; a name that only the shell knows is nobody's here."""
    return str(
        _("%(name)s, in the shell", name=act.actor_name) if act.actor_kind == "shell" else act.actor_name
    )
