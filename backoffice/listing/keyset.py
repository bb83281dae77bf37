"""Going through the rows in order, from any place in either direction, by conditions that an index serves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, or_, type_coerce

from backoffice.listing.column import Column
from backoffice.listing.cursor import Position
from backoffice.listing.kinds import is_unique, python_type
from backoffice.listing.order import Order
from backoffice.listing.seek import Seek, bound_to
from backoffice.listing.text import MARIADB
from backoffice.statements import Expression


@dataclass(frozen=True)
class KeyRange:
    """A part of the way, in which the value is either never null or always; `start` is the first, if any."""

    conditions: tuple[ColumnElement[bool], ...]
    order: tuple[Expression, ...]
    fenced: bool
    start: Expression | None = None


@dataclass(frozen=True)
class Keyset:
    """By `value`, ties by `key`, nulls where the database itself has them, as its indexes do.

    Where the value is `unique`, it orders alone, and the key only those rows that have none. Where the way is
    `fenced`, its database sorts all rows when ties go against the rest, unless it is told where to stop.
    """

    value: Any
    key: Any
    descending: bool
    ties_descending: bool
    nulls_first: bool
    unique: bool
    fenced: bool
    may_be_null: bool = True

    @classmethod
    def by(cls, column: Column, key: Column, order: Order, dialect: str) -> "Keyset":
        """Through the rows of a table on a database of this dialect."""
        nulls_are_high = dialect == "postgresql"
        # MariaDB does not know that a unique index is in the order of value and key as well, and would sort.
        # The others do, and are not led astray where an index that should be unique is not.
        unique = column is key or (dialect in MARIADB and is_unique(column.attribute.property.columns[0]))
        return cls(
            _compared(column.attribute, dialect),
            key.attribute,
            order.descending,
            order.descending != bool(order.ties),
            nulls_first=order.descending == nulls_are_high,
            unique=unique,
            fenced=bool(order.ties) and dialect in MARIADB and not unique,
        )

    def back(self) -> "Keyset":
        """The same way in the other direction."""
        return replace(
            self,
            descending=not self.descending,
            ties_descending=not self.ties_descending,
            nulls_first=not self.nulls_first,
        )

    @property
    def order(self) -> tuple[Expression, ...]:
        """What the rows are ordered by."""
        value, key = self.order_of(self.value, self.key)
        return (value,) if self.unique else (value, key)

    def order_of(self, value: object, key: Any) -> tuple[Expression, Expression]:
        """The same where value and key of a row go by other names."""
        return _directed(value, self.descending), _directed(key, self.ties_descending)

    def ranges(self, start: Position | Seek | None) -> Iterator[KeyRange]:
        """What lies beyond a place, from a jump on, or the whole way, in at most two parts.

        Read one, and then the other.
        """
        match start:
            case None:
                yield from self._whole()
            case Position(value=None, key=key):
                yield self._nulls(_beyond(self.key, key, self.ties_descending))
                if self.nulls_first:
                    yield self._values(self.value.is_not(None))
            case Position():
                yield replace(self._values(*self._past(start)), start=bound_to(self.value, start.value))
                yield from self._nulls_last()
            case Seek():
                yield self._values(start.condition(self.value, descending=self.descending))
                yield from self._nulls_last()

    def boundary(self, value: object) -> ColumnElement[bool]:
        """Not further than this value."""
        bound = bound_to(self.value, value)
        boundary: ColumnElement[bool] = self.value >= bound if self.descending else self.value <= bound
        return boundary

    def _whole(self) -> Iterator[KeyRange]:
        if not self._has_nulls or not (self.unique or self.fenced):
            yield self._values()
        else:
            parts = self._nulls(), self._values(self.value.is_not(None))
            yield from parts if self.nulls_first else reversed(parts)

    def _past(self, place: Position) -> tuple[ColumnElement[bool], ...]:
        beyond = _beyond(self.value, place.value, self.descending)
        if self.unique:
            return (beyond,)
        # The first condition, which adds nothing, is the range by which the index is entered.
        value = bound_to(self.value, place.value)
        entered = self.value <= value if self.descending else self.value >= value
        return entered, or_(beyond, _beyond(self.key, place.key, self.ties_descending))

    def _values(self, *conditions: ColumnElement[bool]) -> KeyRange:
        return KeyRange(conditions, self.order, fenced=self.fenced)

    def _nulls_last(self) -> Iterator[KeyRange]:
        if self._has_nulls and not self.nulls_first:
            yield self._nulls()

    def _nulls(self, *conditions: ColumnElement[bool]) -> KeyRange:
        order = _directed(self.key, self.ties_descending)
        return KeyRange((self.value.is_(None), *conditions), (order,), fenced=False)

    @property
    def _has_nulls(self) -> bool:
        return self.may_be_null and self.value is not self.key


def _beyond(column: Any, value: object, descending: bool) -> ColumnElement[bool]:
    bound = bound_to(column, value)
    beyond: ColumnElement[bool] = column < bound if descending else column > bound
    return beyond


def _directed(column: Any, descending: bool) -> Expression:
    directed: Expression = column.desc() if descending else column.asc()
    return directed


def _compared(column: Any, dialect: str) -> Any:
    # SQLite keeps times as text and compares them as such. Other programs write them in forms of their own
    # (without the fraction, with a T), which a time made of them would not be equal to.
    if dialect == "sqlite" and issubclass(python_type(column), date):
        return type_coerce(column, String())
    return column
