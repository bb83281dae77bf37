"""Going through the rows in order, from any place in either direction, by conditions that an index serves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, literal, or_, type_coerce

from backoffice.listing.column import Column
from backoffice.listing.cursor import Place
from backoffice.listing.kinds import is_unique, python_type
from backoffice.listing.text import MARIADB


@dataclass(frozen=True)
class Segment:
    """A part of the way, in which the value is either never null or always."""

    conditions: tuple[ColumnElement[bool], ...]
    order: tuple[ColumnElement[Any], ...]


@dataclass(frozen=True)
class Walk:
    """By `value`, ties by `key`, nulls where the database itself has them, as its indexes do.

    Where the value is `unique`, it orders alone, and the key only those rows that have none.
    """

    value: Any
    key: Any
    descending: bool
    nulls_first: bool
    unique: bool

    @classmethod
    def by(cls, column: Column, key: Column, *, descending: bool, dialect: str) -> "Walk":
        """Through the rows of a table on a database of this dialect."""
        nulls_are_high = dialect == "postgresql"
        # MariaDB does not know that a unique index is in the order of value and key as well, and would sort.
        # The others do, and are not led astray where an index that should be unique is not.
        unique = column is key or (dialect in MARIADB and is_unique(column.attribute.property.columns[0]))
        value = _compared(column.attribute, dialect)
        return cls(value, key.attribute, descending, descending == nulls_are_high, unique)

    def back(self) -> "Walk":
        """The same way in the other direction."""
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    @property
    def order(self) -> tuple[ColumnElement[Any], ...]:
        """What the rows are ordered by."""
        return self._directed(self.value) if self.unique else self._directed(self.value, self.key)

    def segments(self, place: Place | None) -> Iterator[Segment]:
        """What lies beyond a place, or the whole way, in at most two parts: read one, and then the other."""
        if place is None:
            yield from self._whole()
        elif place.value is None:
            yield self._nulls(self._beyond(self.key, place.key))
            if self.nulls_first:
                yield self._values(self.value.is_not(None))
        else:
            yield self._values(*self._past(place))
            if self._has_nulls and not self.nulls_first:
                yield self._nulls()

    def _whole(self) -> Iterator[Segment]:
        if not self.unique or not self._has_nulls:
            yield self._values()
        else:
            parts = self._nulls(), self._values(self.value.is_not(None))
            yield from parts if self.nulls_first else reversed(parts)

    def _past(self, place: Place) -> tuple[ColumnElement[bool], ...]:
        beyond = self._beyond(self.value, place.value)
        if self.unique:
            return (beyond,)
        # The first condition, which adds nothing, is the range by which the index is entered.
        value = _bound(self.value, place.value)
        entered = self.value <= value if self.descending else self.value >= value
        return entered, or_(beyond, self._beyond(self.key, place.key))

    def _values(self, *conditions: ColumnElement[bool]) -> Segment:
        return Segment(conditions, self.order)

    def _nulls(self, *conditions: ColumnElement[bool]) -> Segment:
        return Segment((self.value.is_(None), *conditions), self._directed(self.key))

    def _beyond(self, column: Any, value: Any) -> ColumnElement[bool]:
        bound = _bound(column, value)
        beyond: ColumnElement[bool] = column < bound if self.descending else column > bound
        return beyond

    def _directed(self, *columns: Any) -> tuple[ColumnElement[Any], ...]:
        return tuple(column.desc() if self.descending else column.asc() for column in columns)

    @property
    def _has_nulls(self) -> bool:
        return self.value is not self.key


def _compared(column: Any, dialect: str) -> Any:
    # SQLite keeps times as text and compares them as such. Other programs write them in forms of their own
    # (without the fraction, with a T), which a time made of them would not be equal to.
    if dialect == "sqlite" and issubclass(python_type(column), date):
        return type_coerce(column, String())
    return column


def _bound(column: Any, value: Any) -> ColumnElement[Any]:
    # As a number of 64 bits, since PostgreSQL refuses one that the column's own type cannot hold.
    return literal(value, BigInteger() if isinstance(value, int) else column.type)
