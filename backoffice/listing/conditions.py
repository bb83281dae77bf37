"""The conditions that filters put on a row, of a column, a value read from the address, and the scope."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, and_, literal, not_, or_

from backoffice.listing import substrings, text
from backoffice.listing.column import Column
from backoffice.listing.scope import Scope
from backoffice.statements import Expression

Condition = Callable[[Any, Any, Scope], ColumnElement[bool]]
Number = int | float
# One of them may be missing.
Span = tuple[datetime | None, datetime | None]


def opposite(condition: Condition) -> Condition:
    """The rows for which `condition` does not hold, those among them that hold nothing."""
    return lambda column, value, scope: _but_not(column, condition(column, value, scope))


def empty(column: Column, value: None, scope: Scope) -> ColumnElement[bool]:
    return _is_null(column)


def not_empty(column: Column, value: None, scope: Scope) -> ColumnElement[bool]:
    return not_(_is_null(column))


def of_text(compare: Callable[[text.Attribute, str, str], ColumnElement[bool]]) -> Condition:
    """A comparison of text as a condition."""
    return lambda column, value, scope: compare(column.attribute, value, scope.dialect)


def equals(column: Column, value: str, scope: Scope) -> ColumnElement[bool]:
    if column.exact:
        return column.attribute == value  # type: ignore[no-any-return]
    return text.equals(column.attribute, value, scope.dialect)


def contains(column: Column, value: str, scope: Scope) -> ColumnElement[bool]:
    return and_(*substrings.contains(column.attribute, value, scope))


def in_list(column: Column, words: Sequence[str], scope: Scope) -> ColumnElement[bool]:
    return or_(*(equals(column, word, scope) for word in words))


def is_any(column: Column, meanings: Mapping[str, ColumnElement[bool]], scope: Scope) -> ColumnElement[bool]:
    """One of what was looked up."""
    return or_(*meanings.values())


def after(column: Column, moment: datetime, scope: Scope) -> ColumnElement[bool]:
    return column.attribute > _moment(column, moment)  # type: ignore[no-any-return]


def before(column: Column, moment: datetime, scope: Scope) -> ColumnElement[bool]:
    return column.attribute < _moment(column, moment)  # type: ignore[no-any-return]


def within(column: Column, span: Span, scope: Scope) -> ColumnElement[bool]:
    start, end = span
    from_there = [column.attribute >= _moment(column, start)] if start else []
    until_then = [column.attribute < _moment(column, end)] if end else []
    return and_(*from_there, *until_then)


def same_number(column: Column, number: Number, scope: Scope) -> ColumnElement[bool]:
    return column.attribute == _number(number)  # type: ignore[no-any-return]


def less(column: Column, number: Number, scope: Scope) -> ColumnElement[bool]:
    return column.attribute < _number(number)  # type: ignore[no-any-return]


def greater(column: Column, number: Number, scope: Scope) -> ColumnElement[bool]:
    return column.attribute > _number(number)  # type: ignore[no-any-return]


def is_flag(column: Column, flag: bool, scope: Scope) -> ColumnElement[bool]:
    return column.attribute.is_(flag)  # type: ignore[no-any-return]


def _but_not(column: Column, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(_is_null(column), not_(condition))


def _is_null(column: Column) -> ColumnElement[bool]:
    return column.attribute.is_(None)  # type: ignore[no-any-return]


def _moment(column: Column, moment: datetime) -> ColumnElement[datetime]:
    aware = getattr(column.attribute.type, "timezone", False)
    return literal(moment.replace(tzinfo=UTC) if aware else moment, column.attribute.type)


def _number(number: Number) -> Expression:
    # PostgreSQL would refuse a number that the column's own type cannot hold.
    return literal(number, BigInteger() if isinstance(number, int) else Float())
