"""Comparing text in any case of its letters, every character literally, by an index where there is one.

SQLite and PostgreSQL compare `lower()` of both sides, so that an index on `lower(column)` serves. MariaDB
compares as the column's collation does, which as a rule minds neither case nor accents; only the console's
own tables are collated exactly there, and compared by `lower()` as well.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, literal_column
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.accents import holds_in_mariadb, holds_in_postgresql, holds_in_sqlite
from backoffice.models import OWN_PREFIX

Attribute = InstrumentedAttribute[Any] | ColumnElement[Any]

MARIADB = ("mariadb", "mysql")
ESCAPE = "/"
# A byte that no UTF-8 has, and so behind every text that begins like the one before it.
SQLITE_END: ColumnElement[str] = literal_column("CAST(x'ff' AS TEXT)")


def equals(column: Attribute, value: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column holds `value`."""
    if _is_collated_so(column, dialect):
        return column == value
    return _lowered(column, value, dialect) == _lowered(literal(value), value, dialect)


def begins_with(column: Attribute, value: str, dialect: str) -> ColumnElement[bool]:
    """Whether what the column holds begins with `value`."""
    pattern = f"{_escaped(value)}%"
    if _is_collated_so(column, dialect):
        return column.like(pattern, escape=ESCAPE)
    lowered = _lowered(column, value, dialect)
    if dialect == "sqlite":
        # Its indexes on expressions serve ranges, not LIKE.
        start = _lowered(literal(value), value, dialect)
        return and_(lowered >= start, lowered < start.concat(SQLITE_END))
    return lowered.like(func.lower(pattern), escape=ESCAPE)


def contains(column: Attribute, value: str, dialect: str) -> ColumnElement[bool]:
    """Whether `value` stands somewhere in what the column holds."""
    pattern = f"%{_escaped(value)}%"
    if dialect == "postgresql":
        # An index of trigrams serves this, on the column itself.
        return column.ilike(pattern, escape=ESCAPE)
    if _is_collated_so(column, dialect):
        return column.like(pattern, escape=ESCAPE)
    lowered = _lowered(column, value, dialect)
    return lowered.like(_lowered(literal(pattern), value, dialect), escape=ESCAPE)


def holds(column: Attribute, word: str, dialect: str) -> ColumnElement[bool]:
    """Whether a word stands somewhere in what the column holds, with accents or without."""
    ways = {"postgresql": holds_in_postgresql, "sqlite": holds_in_sqlite}
    way = ways.get(dialect, holds_in_mariadb)
    return way(column, word, lambda part: f"%{_escaped(part)}%", ESCAPE)


def _is_collated_so(column: Attribute, dialect: str) -> bool:
    """Whether the database takes letters of either case for one, also in its indexes."""
    if dialect not in MARIADB:
        return False
    (base,) = column.expression.base_columns
    return not str(base.table).startswith(OWN_PREFIX)


def _lowered(text: object, value: str, dialect: str) -> ColumnElement[str]:
    """`text` in lower case; where SQLite's `lower()` knows only ASCII, also the other letters of `value`."""
    lowered: ColumnElement[str] = func.lower(text)
    for letter in sorted(set(value.lower())) if dialect == "sqlite" else ():
        capital = letter.upper()
        if not letter.isascii() and len(capital) == 1 and capital != letter:
            lowered = func.replace(lowered, capital, letter)
    return lowered


def _escaped(value: str) -> str:
    return re.sub(r"[%_/]", lambda found: ESCAPE + found[0], value)
