"""Rows of another table, as a filter names them: by what they are called, or by `#` and their key.

A name that nobody has was mistyped: neither those who refer to it are meant, nor all others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, literal, select, union_all

from backoffice.exceptions import Invalid
from backoffice.listing import text
from backoffice.listing.column import Relation
from backoffice.listing.scope import Scope

Condition = ColumnElement[bool]
MOST_SUGGESTED = 3


@dataclass(frozen=True)
class Key:
    """The primary key of a row, written `#17`."""

    value: int | str

    def __str__(self) -> str:
        return f"#{self.value}"


Name = Key | str


@dataclass(frozen=True)
class Named:
    """Rows that are named: by the `whole` text, if one is called so, else by each of its parts."""

    whole: Name | None
    parts: Sequence[Name]


def look_up_rows(column: Relation, named: Named, scope: Scope) -> Mapping[str, Condition]:
    """What refers to each of the rows. Raises Invalid where there is no such row.

    A name as it is comes before the same in another case. The keys are looked up first, since the database
    plans better for those that it knows.
    """
    found: dict[Name, Condition] = {}
    asked = [name for name in dict.fromkeys((named.whole, *named.parts)) if name is not None]
    for way in (_called, _called_in_any_case):
        found |= _found(column, [name for name in asked if name not in found], way, scope)
        if named.whole is not None and named.whole in found:
            return {str(named.whole): found[named.whole]}
        if all(name in found for name in named.parts):
            return {str(name): found[name] for name in named.parts}
    raise Invalid(_unknown(column, [name for name in named.parts if name not in found], scope))


def _called(column: Relation, name: Name, scope: Scope) -> Select[Any]:
    asked = column.key == name.value if isinstance(name, Key) else column.name_column == name
    return select(column.key).where(asked)


def _called_in_any_case(column: Relation, name: Name, scope: Scope) -> Select[Any]:
    """Of a key, whether it is referred to all the same: what it was the key of may be gone."""
    if isinstance(name, Key):
        return select(column.attribute).where(column.attribute == name.value)
    return select(column.key).where(text.equals(column.name_column, name, scope.dialect))


def _found(
    column: Relation, names: Sequence[Name], way: Callable[[Relation, Name, Scope], Select[Any]], scope: Scope
) -> Mapping[Name, Condition]:
    """What refers to those of these rows that are found in this way, all of them by one question."""
    keys = [way(column, name, scope) for name in names]
    firsts = [each.limit(2).subquery() for each in keys]
    rows = scope.session.execute(
        union_all(*(select(literal(at), *first.c) for at, first in enumerate(firsts)))
    ).all()
    keys_at: dict[int, list[Any]] = {}
    for at, key in rows:
        keys_at.setdefault(at, []).append(key)
    return {names[at]: _refers_to(column, known, keys[at]) for at, known in keys_at.items()}


def _refers_to(column: Relation, known: Sequence[Any], keys: Select[Any]) -> Condition:
    if len(set(known)) == 1:
        return column.attribute == known[0]  # type: ignore[no-any-return]
    return column.attribute.in_(keys)  # type: ignore[no-any-return]


def _unknown(column: Relation, names: Sequence[Name], scope: Scope) -> str:
    """Which names nobody has, and some that begin with the first of them."""
    message = _("There is none called “%(name)s”.", name="”, “".join(map(str, names)))
    if isinstance(names[0], Key):
        return str(message)
    begins = text.begins_with(column.name_column, names[0], scope.dialect)
    similar = select(column.name_column).where(begins).order_by(column.name_column).limit(MOST_SUGGESTED)
    suggested = ", ".join(scope.session.scalars(similar))
    return f"{message} {_('Did you mean %(name)s?', name=suggested)}" if suggested else str(message)
