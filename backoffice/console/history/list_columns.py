"""What can be read and asked of the history: the columns of its list, and what can be chosen of them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement

from backoffice.console.lists import EarlierWords
from backoffice.console.presenters import (
    WORDS,
    hidden_tables,
    may_see,
    state_words,
    table_label,
    verb_choices,
    verb_of,
)
from backoffice.extensions import db
from backoffice.listing import Choices, Columns, Filter, Group, Stream, asked_once, distinct_values
from backoffice.models import Operation, State
from backoffice.registry import registry

# What waits for a worker, or is being done.
UNFINISHED = "unfinished"
LABELS = {
    "actor_name": lazy_gettext("Who"),
    "kind": lazy_gettext("What"),
    "table_name": lazy_gettext("Table"),
    "started_at": lazy_gettext("When"),
    "state": lazy_gettext("State"),
    "changed_rows": lazy_gettext("Rows"),
    "address": lazy_gettext("Address"),
}
SHOWN = (
    "id", "kind", "actor_kind", "actor_name", "started_at", "table_name", "selection", "facts",
    "changed_rows", "state",
)  # fmt: skip
EXPORTED = (
    "id", "kind", "actor_kind", "actor_name", "address", "request_id", "table_name", "selection", "facts",
    "expected_rows", "changed_rows", "state", "undoes_id", "started_at", "finished_at", "forgotten_at",
)  # fmt: skip
EARLIER = EarlierWords(
    {
        "person": "actor_name_equals",
        "table": "table_name_is",
        "kind": "kind_is",
        "state": "state_is",
    },
    "started_at_between",
    {"state": {"running": UNFINISHED}},
)


@cache
def columns_of_history(shown: Sequence[str] = SHOWN) -> Columns:
    """The columns of its list, of which these are shown; the newest come first."""
    return Columns(
        Operation,
        shown,
        filters=LABELS,
        search=("actor_name", "selection", "request_id"),
        sort=("started_at", "actor_name", "kind", "id"),
        order="-started_at",
        labels=LABELS,
        choices={
            "kind": Choices(_kinds, _words_of_kind, _is_of_kind),
            "table_name": Choices(_tables, table_label, _is_of_table),
            "state": Choices(_states, _words_of_state, _is_in_state),
        },
        exact=("actor_name", "address"),
    )


def streams_of_history(filters: Sequence[Filter]) -> Sequence[Stream] | None:
    """What one person did, to which table; or what was done, each kind of it by itself.

    Alone, and two at once, an index begins with these.
    """
    asked = asked_once(filters, ("actor_name_equals", "table_name_is", "kind_is"))
    if asked["table_name_is"] is not None and _is_of_table(asked["table_name_is"]) is None:
        asked["table_name_is"] = None  # it may have been said by its name: the filter itself knows
    person, table, wanted = asked.values()
    answered = [name for name, text in asked.items() if text is not None]
    of_person = {} if person is None else {Operation.actor_name: person}
    of_table = {} if table is None else {Operation.table_name: table}
    if wanted is None and (of_person or not of_table):
        return [Stream({**of_person, **of_table}, (), answered)] if of_person else None
    kinds = distinct_values(db.session, Operation.kind, of_person or of_table)
    meant = list(kinds if wanted is None else _kinds_of(wanted, kinds))
    rest = [Operation.table_name == table] if of_person and of_table else []
    if not meant and wanted not in WORDS:  # it may have been said by its name: the filter itself knows
        return None
    return [Stream({**(of_person or of_table), Operation.kind: kind}, rest, answered) for kind in meant]


def _kinds() -> Sequence[Group]:
    return [(None, verb_choices(distinct_values(db.session, Operation.kind)))]


def _words_of_kind(kind: str) -> str:
    return str(WORDS[kind].name) if kind in WORDS else kind


def _is_of_kind(wanted: str) -> ColumnElement[bool] | None:
    kinds = list(_kinds_of(wanted, distinct_values(db.session, Operation.kind)))
    return Operation.kind.in_(kinds) if kinds or wanted in WORDS else None


def _kinds_of(wanted: str, kinds: Iterable[str]) -> Iterator[str]:
    """Those of what was chosen, which is a verb, or a kind itself."""
    return (kind for kind in kinds if wanted in (kind, verb_of(kind)))


def _tables() -> Sequence[Group]:
    hidden = hidden_tables()
    names = distinct_values(db.session, Operation.table_name)
    named = [(name, table_label(name)) for name in names if name not in hidden]
    return [(None, sorted(named, key=lambda pair: pair[1]))]


def _is_of_table(name: str) -> ColumnElement[bool] | None:
    is_known = registry().view_of(name) is not None or name in dict(_tables()[0][1])
    return Operation.table_name == name if is_known and may_see(name) else None


def _states() -> Sequence[Group]:
    return [(None, [(state, _words_of_state(state)) for state in (UNFINISHED, *State)])]


def _words_of_state(state: str) -> str:
    if state == UNFINISHED:
        return str(_("unfinished"))
    return state_words(state) if state in set(State) else state


def _is_in_state(state: str) -> ColumnElement[bool] | None:
    if state == UNFINISHED:
        # It is leased, or waits for that; and that column has an index.
        return Operation.lease_until.is_not(None)
    return Operation.state == state if state in set(State) else None
