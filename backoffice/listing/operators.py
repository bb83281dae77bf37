"""What can be asked of a column, by its kind. The opposite of a question holds for empty columns too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement

from backoffice.listing import conditions, references, text, values
from backoffice.listing.column import Column
from backoffice.listing.kinds import Kind
from backoffice.listing.scope import Scope


@dataclass(frozen=True)
class Operator:
    """`words` say it for people; `read` makes a value of its text, `condition` a condition of that value.

    Where the database has to say what a value stands for, `look_up` asks it. Both raise Invalid.
    """

    words: str
    read: Callable[[str, Column, tzinfo], Any]
    condition: Callable[[Any, Any, Scope], ColumnElement[bool]]
    takes_value: bool = True
    look_up: Callable[[Any, Any, Scope], Any] | None = None
    # Whether it holds for rows that have nothing there.
    holds_for_empty: bool = False
    # Whether its text may hold several values.
    takes_many: bool = False
    # Of how many days up to today it asks.
    days: int | None = None

    def describe(self, column: Column, value: str = "…") -> str:
        """What it asks of this column, in words."""
        return str(self.words % {"column": column.label, "value": value})


def _days(words: str, days: int) -> Operator:
    read = partial(values.read_days, days=days)
    return Operator(words, read, conditions.within, takes_value=False, days=days)


_begins_with, _contains = map(conditions.of_text, (text.begins_with, text.contains))

_EMPTY = {
    "empty": Operator(
        lazy_gettext("%(column)s is empty"),
        values.read_nothing,
        conditions.empty,
        takes_value=False,
        holds_for_empty=True,
    ),
    "not_empty": Operator(
        lazy_gettext("%(column)s is not empty"), values.read_nothing, conditions.not_empty, takes_value=False
    ),
}


def _is_any_of(read: Any, look_up: Any) -> dict[str, Operator]:
    """One of several that the database knows."""
    is_any, is_none = conditions.is_any, conditions.opposite(conditions.is_any)
    return {
        "is": Operator(
            lazy_gettext("%(column)s is %(value)s"), read, is_any, look_up=look_up, takes_many=True
        ),
        "is_not": Operator(
            lazy_gettext("%(column)s is not %(value)s"),
            read,
            is_none,
            look_up=look_up,
            holds_for_empty=True,
            takes_many=True,
        ),
    }


OPERATORS: dict[Kind, dict[str, Operator]] = {
    Kind.TEXT: {
        "equals": Operator(lazy_gettext("%(column)s equals %(value)s"), values.read_text, conditions.equals),
        "not_equals": Operator(
            lazy_gettext("%(column)s does not equal %(value)s"),
            values.read_text,
            conditions.opposite(conditions.equals),
            holds_for_empty=True,
        ),
        "begins_with": Operator(
            lazy_gettext("%(column)s begins with %(value)s"), values.read_text, _begins_with
        ),
        "not_begins_with": Operator(
            lazy_gettext("%(column)s does not begin with %(value)s"),
            values.read_text,
            conditions.opposite(_begins_with),
            holds_for_empty=True,
        ),
        "contains": Operator(
            lazy_gettext("%(column)s contains %(value)s"), values.read_text, conditions.contains
        ),
        "not_contains": Operator(
            lazy_gettext("%(column)s does not contain %(value)s"),
            values.read_text,
            conditions.opposite(_contains),
            holds_for_empty=True,
        ),
        "in_list": Operator(
            lazy_gettext("%(column)s is one of %(value)s"),
            values.read_list,
            conditions.in_list,
            takes_many=True,
        ),
        "not_in_list": Operator(
            lazy_gettext("%(column)s is none of %(value)s"),
            values.read_list,
            conditions.opposite(conditions.in_list),
            holds_for_empty=True,
            takes_many=True,
        ),
    },
    Kind.TIME: {
        "after": Operator(lazy_gettext("%(column)s after %(value)s"), values.read_moment, conditions.after),
        "before": Operator(
            lazy_gettext("%(column)s before %(value)s"), values.read_moment, conditions.before
        ),
        "between": Operator(
            lazy_gettext("%(column)s between %(value)s"), values.read_span, conditions.within
        ),
        "today": _days(lazy_gettext("%(column)s today"), 1),
        "last_7_days": _days(lazy_gettext("%(column)s last 7 days"), 7),
        "last_30_days": _days(lazy_gettext("%(column)s last 30 days"), 30),
        **_EMPTY,
    },
    Kind.RELATION: _is_any_of(values.read_rows, references.look_up_rows) | _EMPTY,
    Kind.NUMBER: {
        "equals": Operator(
            lazy_gettext("%(column)s equals %(value)s"), values.read_number, conditions.same_number
        ),
        "not_equals": Operator(
            lazy_gettext("%(column)s does not equal %(value)s"),
            values.read_number,
            conditions.opposite(conditions.same_number),
            holds_for_empty=True,
        ),
        "less": Operator(lazy_gettext("%(column)s less than %(value)s"), values.read_number, conditions.less),
        "greater": Operator(
            lazy_gettext("%(column)s greater than %(value)s"), values.read_number, conditions.greater
        ),
    },
    Kind.FLAG: {
        "is": Operator(lazy_gettext("%(column)s is %(value)s"), values.read_flag, conditions.is_flag),
    },
    Kind.CHOICE: _is_any_of(values.read_list, values.look_up_choices),
    Kind.OTHER: {},
}

# Those that look for a fragment.
FRAGMENTS = tuple(OPERATORS[Kind.TEXT][name] for name in ("contains", "not_contains"))
