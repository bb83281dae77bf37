"""Finding a few records by what is remembered of them, at a cost that does not grow with the table."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select

from backoffice.budgets import OverBudget, reading
from backoffice.extensions import db
from backoffice.listing import (
    Column,
    Kind,
    Relation,
    Scope,
    begins_with,
    contains,
    equals,
    is_fragment,
    knows_all,
    narrowing,
    search_words,
)
from backoffice.models import parse_key

# Where no index helps, only so many of the newest records are looked through; the list searches them all.
NEWEST = 10_000


if TYPE_CHECKING:
    from backoffice.console.records.base import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class Find(Records):
    """What the command palette asks of a view."""

    def find(self, typed: str, limit: int) -> list[tuple[Any, str]]:
        """The keys and names of up to `limit` records.

        `#17` is the record with this number. Anything else is how an indexed column begins, or stands
        somewhere in a searched column: of any record by the search index, without one of the newest only.
        What takes too long is left out.
        """
        found: dict[Any, str] = {}
        name = self.columns[str(self.name_column)].attribute
        key = self.columns.key.attribute
        with suppress(OverBudget), reading(db.session, current_app.config["LIST_SECONDS"]):
            for conditions, order in self._ways(typed):
                rows = db.session.execute(select(key, name).where(*conditions).order_by(order).limit(limit))
                found |= {row[0]: self.called(row[1], row[0]) for row in rows if row[0] not in found}
                if len(found) >= limit:
                    break
        return list(found.items())[:limit]

    def _ways(self, typed: str) -> Iterator[tuple[list[ColumnElement[bool]], Any]]:
        """The conditions and the order of one way of looking after the other, the best first."""
        key = self.columns.key.attribute
        number = parse_key(self.sql_table, typed.removeprefix("#"))
        if number is not None:
            yield [key == number], None
        if typed.startswith("#"):
            return
        dialect = db.engine.dialect.name
        searched = [column for column in self.columns.searched if _is_text(column)]
        texts = [column.attribute for column in searched]
        for holds in (equals, begins_with):
            for column in filter(_is_indexed, texts):
                yield [holds(column, typed, dialect)], None
        if texts and self.columns.key.kind is Kind.NUMBER:
            words = search_words(typed)
            anywhere = (or_(*(contains(text, word, dialect) for text in texts)) for word in words)
            yield [*self._first_narrowed(words, searched), *anywhere], key.desc()

    def _first_narrowed(self, words: list[str], searched: list[Column]) -> list[ColumnElement[bool]]:
        """To what the search index finds; where there is none, or it does not know a word, to the newest."""
        scope, key = Scope.of(db.session, self.model), self.columns.key.attribute
        if all(map(is_fragment, words)) and knows_all(searched, scope):
            return narrowing(words, key, searched, scope)
        return [key > select(func.max(key)).scalar_subquery() - NEWEST]


def _is_text(column: Column) -> bool:
    return column.kind is Kind.TEXT and not isinstance(column, Relation)


def _is_indexed(attribute: Any) -> bool:
    stored = attribute.property.columns[0]
    return bool(stored.index or stored.unique)
