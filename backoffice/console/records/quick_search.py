"""Finding a few records by what is remembered of them, at a cost that does not grow with the table."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, UnaryExpression, func, or_, select

from backoffice.extensions import db
from backoffice.listing import (
    Column,
    Kind,
    Relation,
    Scope,
    begins_with,
    equals,
    holds_word,
    is_substring,
    knows_all,
    prefilter,
    search_words,
)
from backoffice.models import RowKey, parse_key
from backoffice.registry import TableView
from backoffice.statement_timeouts import TimedOut, reading

# Where no index helps, only so many of the newest records are looked through; the list searches them all.
NEWEST = 10_000


def find_records(view: TableView, typed: str, limit: int) -> list[tuple[RowKey, str]]:
    """The keys and names of up to `limit` records.

    `#17` is the record with this number. Anything else is how an indexed column begins, or stands
    somewhere in a searched column: of any record by the search index, without one of the newest only.
    What takes too long is skipped.
    """
    found: dict[RowKey, str] = {}
    name = view.columns[view.name_column].attribute
    key = view.columns.key.attribute
    with suppress(TimedOut), reading(db.session, current_app.config["LIST_SECONDS"]):
        for conditions, order in _ways(view, typed):
            rows = db.session.execute(select(key, name).where(*conditions).order_by(order).limit(limit))
            found |= {row[0]: view.called(row[1], row[0]) for row in rows if row[0] not in found}
            if len(found) >= limit:
                break
    return list(found.items())[:limit]


def _ways(
    view: TableView, typed: str
) -> Iterator[tuple[list[ColumnElement[bool]], UnaryExpression[object] | None]]:
    """The conditions and the order of one way of looking after the other, the best first."""
    key = view.columns.key.attribute
    number = parse_key(view.sql_table, typed.removeprefix("#"))
    if number is not None:
        yield [key == number], None
    if typed.startswith("#"):
        return
    dialect = db.engine.dialect.name
    searched = [column for column in view.columns.searched if _is_text(column)]
    texts = [column.attribute for column in searched]
    for holds in (equals, begins_with):
        for column in filter(_is_indexed, texts):
            yield [holds(column, typed, dialect)], None
    if texts and view.columns.key.kind is Kind.NUMBER:
        words = search_words(typed)
        scope = Scope.of(db.session, view.model)
        anywhere = (or_(*(holds_word(text, word, scope) for text in texts)) for word in words)
        yield [*_first_narrowed(view, words, searched), *anywhere], key.desc()


def _first_narrowed(view: TableView, words: list[str], searched: list[Column]) -> list[ColumnElement[bool]]:
    """To what the search index finds; where there is none, or it does not know a word, to the newest."""
    scope, key = Scope.of(db.session, view.model), view.columns.key.attribute
    if all(map(is_substring, words)) and knows_all(searched, scope):
        return prefilter(words, key, searched, scope)
    return [key > select(func.max(key)).scalar_subquery() - NEWEST]


def _is_text(column: Column) -> bool:
    return column.kind is Kind.TEXT and not isinstance(column, Relation)


def _is_indexed(attribute: Any) -> bool:
    stored = attribute.property.columns[0]
    return bool(stored.index or stored.unique)
