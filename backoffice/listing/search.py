"""The search of a list: every word somewhere in one of the searched columns."""

import unicodedata

from sqlalchemy import ColumnElement, false, or_, select

from backoffice.listing import text
from backoffice.listing.column import Column, Relation
from backoffice.listing.columns import Columns
from backoffice.listing.scope import Scope

MOST_WORDS = 10
LONGEST_SEARCH = 200
# A shorter word would be found in nearly every row, and no index of fragments knows it.
SHORTEST_FRAGMENT = 3


def search_words(searched: str) -> list[str]:
    """The words that are searched for, as far as a search goes: show these, the rest is not looked for."""
    seen = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in searched)
    return seen[:LONGEST_SEARCH].split()[:MOST_WORDS]


def search_conditions(searched: str, columns: Columns, scope: Scope) -> list[ColumnElement[bool]]:
    """One condition a word. A word of fewer than three characters must begin the column."""
    return [
        # Where nothing is searched nothing is found, instead of everything.
        or_(false(), *(_holds(column, word, scope) for column in columns.searched))
        for word in search_words(searched)
    ]


def _holds(column: Column, word: str, scope: Scope) -> ColumnElement[bool]:
    holds = text.contains if len(word) >= SHORTEST_FRAGMENT else text.begins_with
    condition = holds(column.searched, word, scope.dialect)
    if isinstance(column, Relation):
        # Not by a join, which bulk work could not follow.
        return column.attribute.in_(select(column.key).where(condition))  # type: ignore[no-any-return]
    return condition
