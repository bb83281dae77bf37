"""Which rows may hold a fragment, by the search index, before each of them is asked whether it does.

A fragment that is in many rows narrows nothing down: going through the list in its order soon fills a page.
PostgreSQL knows by itself which way is the shorter one; SQLite is told, after counting the entries so far.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy import column as named

from backoffice.listing import text
from backoffice.listing.column import Column, Relation
from backoffice.listing.scope import Scope
from backoffice.listing.search_index import FRAGMENT, PREFIX, expression, expression_without_accents
from backoffice.models import RowKey
from backoffice.statements import AnySelect

# More rows are not collected and sorted, but gone through in order.
MOST_CANDIDATES = 20_000
# More people are not named one by one.
MOST_NAMES = 200

Condition = ColumnElement[bool]


def is_substring(word: str) -> bool:
    """Whether a word is long enough for an index to know of it."""
    return len(word) >= FRAGMENT


def holds(attribute: Any, word: str, scope: Scope) -> Condition:
    """That a column holds a word, with accents or without, where that can be found out."""
    way = text.contains if scope.minds_accents(attribute) else text.holds
    return way(attribute, word, scope.dialect)


def contains(attribute: Any, value: str, scope: Scope) -> list[Condition]:
    """That the column of a list's own table holds `value`, in the way that this database finds it soonest."""
    holds = text.contains(attribute, value, scope.dialect)
    entries = _entries(attribute, [expression(value)], scope)
    if entries is None or not _asked([_is_few(entries)], scope)[0]:
        return [holds]
    (key,) = attribute.parent.primary_key
    return [key.in_(entries), holds]


def prefilter(words: Sequence[str], key: Any, searched: Sequence[Column], scope: Scope) -> list[Condition]:
    """Conditions that every row fulfils which holds all of these words, where they leave few rows."""
    found = [word for word in words if is_substring(word) and expression_without_accents(word)]
    if scope.dialect != "sqlite" or not (found and searched and knows_all(searched, scope)):
        return []
    own = [column.attribute for column in searched if not isinstance(column, Relation)]
    relations = [column for column in searched if isinstance(column, Relation)]
    names = [exists(named_like(relation, word, scope)) for relation in relations for word in found]
    apart = [_anywhere(word, key, own, relations, scope) for word in found]
    # Words that are no names, in one question: each may be common, and rare together.
    together = _entries_of(own[0], found, scope) if own else union_all(*apart)
    are_names, is_few, *are_few = _asked(
        [or_(false(), *names), _is_few(together), *map(_is_few, apart)], scope
    )
    if own and not are_names:
        return [key.in_(together)] if is_few else []
    return [key.in_(rows) for rows, few in zip(apart, are_few, strict=True) if few]


def knows_all(searched: Sequence[Column], scope: Scope) -> bool:
    """Whether an index knows the fragments of all these columns."""
    return all(scope.finds_substrings(column.searched) for column in searched)


def _anywhere(
    word: str, key: Any, own: Sequence[Any], relations: Sequence[Relation], scope: Scope
) -> CompoundSelect[object]:
    """The rows that may hold `word` in a column of their own, and those that refer to a name with it."""
    ways = [
        select(key).where(relation.attribute.in_(named_like(relation, word, scope))) for relation in relations
    ]
    entries = _entries_of(own[0], [word], scope) if own else None
    return union_all(*ways) if entries is None else union_all(entries, *ways)


def named_like(relation: Relation, word: str, scope: Scope) -> AnySelect:
    """The keys of the rows of the other table whose name holds `word`."""
    keys = select(relation.key).where(holds(relation.searched, word, scope))
    entries = _entries_of(relation.searched, [word], scope)
    return keys if entries is None else keys.where(relation.key.in_(entries))


def few_names(relation: Relation, words: Sequence[str], scope: Scope) -> dict[str, list[RowKey]]:
    """The keys themselves, for the words that are in few names: PostgreSQL plans better for known keys.

    Elsewhere, and where the names have no index, there are none.
    """
    found = [word for word in words if is_substring(word)]
    if scope.dialect != "postgresql" or not found or not scope.finds_substrings(relation.searched):
        return {}
    keys = [named_like(relation, word, scope).limit(MOST_NAMES + 1).subquery() for word in found]
    rows = scope.session.execute(
        union_all(*(select(literal(at), *rows.c) for at, rows in enumerate(keys)))
    ).all()
    named_so = {word: [key for of, key in rows if of == at] for at, word in enumerate(found)}
    return {word: keys for word, keys in named_so.items() if len(keys) <= MOST_NAMES}


def _entries_of(attribute: Any, words: Sequence[str], scope: Scope) -> AnySelect | None:
    """The rows of SQLite's table of trigrams that may hold all words, with accents or without."""
    return _entries(attribute, list(map(expression_without_accents, words)), scope)


def _entries(attribute: Any, asked: Sequence[str | None], scope: Scope) -> AnySelect | None:
    """The rows of SQLite's table of trigrams that have those that are asked for, in any of its columns."""
    if scope.dialect != "sqlite" or None in asked or not scope.finds_substrings(attribute):
        return None
    name = f"{PREFIX}{attribute.property.columns[0].table.name}"
    entries = table(name, named("rowid"), named(name))
    return select(entries.c.rowid).where(entries.c[name].op("MATCH")(" AND ".join(filter(None, asked))))


def _is_few(candidates: Any) -> Condition:
    counted = select(func.count()).select_from(candidates.limit(MOST_CANDIDATES + 1).subquery())
    return counted.scalar_subquery() <= MOST_CANDIDATES


def _asked(questions: Sequence[Condition], scope: Scope) -> Sequence[bool]:
    return [bool(answer) for answer in scope.session.execute(select(*questions)).one()]
