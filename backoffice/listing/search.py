"""The search of a list: every word somewhere in one of the searched columns."""

import unicodedata
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, false, or_, select

from backoffice.listing import substrings, text
from backoffice.listing.column import Column, Relation
from backoffice.listing.columns import Columns
from backoffice.listing.filters import Filter
from backoffice.listing.scope import Scope
from backoffice.models import RowKey

MOST_WORDS = 10
LONGEST_SEARCH = 200

# The keys of the rows whose name holds a word, by the relation and the word.
Names = Mapping[Relation, Mapping[str, list[RowKey]]]


def search_words(searched: str) -> list[str]:
    """The words that are searched for, as far as a search goes: show these, the rest is not looked for."""
    seen = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in searched)
    return seen[:LONGEST_SEARCH].split()[:MOST_WORDS]


def search_conditions(searched: str, columns: Columns, scope: Scope) -> list[ColumnElement[bool]]:
    """A condition for each word, and those by which an index finds the rows.

    A word of fewer than three characters, of which no index of fragments knows, must begin the column.
    """
    words = search_words(searched)
    relations = [column for column in columns.searched if isinstance(column, Relation)]
    names = {relation: substrings.few_names(relation, words, scope) for relation in relations if words}
    return [
        *substrings.prefilter(words, columns.key.attribute, columns.searched, scope),
        # Where nothing is searched nothing is found, instead of everything.
        *(
            or_(false(), *(_holds(column, word, names, scope) for column in columns.searched))
            for word in words
        ),
    ]


def scans_for_substrings(searched: str, filters: Iterable[Filter], columns: Columns, scope: Scope) -> bool:
    """Whether a fragment is looked for in a column whose index does not know fragments."""
    looked_at = [one.column for one in filters if one.asks_for_substring]
    if any(map(substrings.is_substring, search_words(searched))):
        looked_at += columns.searched
    return not substrings.knows_all(looked_at, scope)


def _holds(column: Column, word: str, names: Names, scope: Scope) -> ColumnElement[bool]:
    if isinstance(column, Relation):
        return _refers_to(column, word, names[column].get(word), scope)
    holds = text.contains if substrings.is_substring(word) else text.begins_with
    return holds(column.searched, word, scope.dialect)


def _refers_to(relation: Relation, word: str, keys: list[RowKey] | None, scope: Scope) -> ColumnElement[bool]:
    """To a row whose name holds the word. Not by a join, which bulk work could not follow."""
    if keys is not None:
        return relation.attribute.in_(keys) if keys else false()
    if substrings.is_substring(word):
        named = substrings.named_like(relation, word, scope)
    else:
        named = select(relation.key).where(text.begins_with(relation.searched, word, scope.dialect))
    return relation.attribute.in_(named)  # type: ignore[no-any-return]
