"""The search of a list: every word somewhere in one of the searched columns."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, or_

from backoffice.exceptions import Invalid
from backoffice.listing import substrings
from backoffice.listing.column import Column, Relation
from backoffice.listing.columns import Columns
from backoffice.listing.filters import Filter
from backoffice.listing.scope import Scope
from backoffice.models import RowKey, is_storable

MOST_WORDS = 10
LONGEST_SEARCH = 200

# The keys of the rows whose name holds a word, by the relation and the word.
Names = Mapping[Relation, Mapping[str, list[RowKey]]]


def search_words(searched: str) -> list[str]:
    """The words that are searched for, each once."""
    return list(dict.fromkeys(searched.split()))


def check_search(searched: str, columns: Columns) -> None:
    """Raise Invalid where it cannot be searched for all of this: no word is left out in silence."""
    if not columns.searched:
        raise Invalid(_("This list is not searched."))
    if not is_storable(searched):
        raise Invalid(_("It holds a character that no text here can hold."))
    words = search_words(searched)
    if len(words) > MOST_WORDS:
        raise Invalid(_("At most %(most)s words are searched for at once.", most=MOST_WORDS))
    if len(" ".join(words)) > LONGEST_SEARCH:
        raise Invalid(_("At most %(longest)s characters.", longest=LONGEST_SEARCH))


def search_conditions(searched: str, columns: Columns, scope: Scope) -> list[ColumnElement[bool]]:
    """A condition for each word, and those by which an index finds the rows.

    A word of one or two characters, of which no index knows, is looked for in each row.
    """
    words = search_words(searched)
    if words and not _is_sound(searched, columns):
        return [false()]
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
    """Whether each row is looked through, since no index knows what is looked for."""
    looked_at = [one.column for one in filters if one.asks_for_substring]
    words = search_words(searched)
    if words and not any(map(substrings.is_substring, words)):
        return True
    return not substrings.knows_all([*looked_at, *(columns.searched if words else ())], scope)


def minds_accents(searched: str, columns: Columns, scope: Scope) -> bool:
    """Whether a word is found only as it is written somewhere."""
    return bool(searched) and any(scope.minds_accents(column.searched) for column in columns.searched)


def _is_sound(searched: str, columns: Columns) -> bool:
    try:
        check_search(searched, columns)
    except Invalid:
        return False
    return True


def _holds(column: Column, word: str, names: Names, scope: Scope) -> ColumnElement[bool]:
    if isinstance(column, Relation):
        return _refers_to(column, word, names[column].get(word), scope)
    return substrings.holds(column.searched, word, scope)


def _refers_to(relation: Relation, word: str, keys: list[RowKey] | None, scope: Scope) -> ColumnElement[bool]:
    """To a row whose name holds the word. Not by a join, which bulk work could not follow."""
    if keys is not None:
        return relation.attribute.in_(keys) if keys else false()
    return relation.attribute.in_(substrings.named_like(relation, word, scope))  # type: ignore[no-any-return]
