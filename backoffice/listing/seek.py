"""Going straight to a date, a number or a beginning, in the order of a list."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, literal, or_

from backoffice.exceptions import Invalid
from backoffice.listing.column import Column
from backoffice.listing.kinds import python_type
from backoffice.listing.moments import parse_moment
from backoffice.listing.text import MARIADB, SQLITE_END
from backoffice.listing.values import read_number, read_text
from backoffice.statements import Expression

# Behind every text that begins like the one before it, in any order of letters that PostgreSQL knows.
POSTGRESQL_END = "\U0010ffff"


@dataclass(frozen=True)
class Seek:
    """To the first row, in the order of a list, that is not before what `first` and `last` enclose.

    They are the first moment of a day and the one after it, the same number twice, or a beginning twice.
    """

    first: object
    last: object
    dialect: str

    def condition(self, value: Any, *, descending: bool) -> ColumnElement[bool]:
        """What the rows from here on have in common, in an order by `value`, as a range of its index."""
        if not descending:
            from_here: ColumnElement[bool] = value >= bound_to(value, self._written(self.first))
            return from_here
        if isinstance(self.last, datetime):
            before: ColumnElement[bool] = value < bound_to(value, self._written(self.last))
            return before
        return self._not_after(value)

    def _not_after(self, value: Any) -> ColumnElement[bool]:
        """Up to a number, or to the last of the texts that begin so, as the column's own order has them."""
        bound = bound_to(value, self.last)
        not_after: ColumnElement[bool]
        if isinstance(self.last, int):
            not_after = value <= bound
        elif self.dialect in MARIADB:
            not_after = or_(value < bound, value.startswith(self.last, autoescape=True))
        else:
            end = SQLITE_END if self.dialect == "sqlite" else literal(POSTGRESQL_END)
            not_after = value < bound.concat(end)
        return not_after

    def _written(self, value: object) -> object:
        # The shortest form of a time that SQLite may hold is the least of them all.
        if self.dialect == "sqlite" and isinstance(value, datetime):
            return value.isoformat(" ")
        return value


def read_seek(text: str, column: Column, zone: tzinfo, dialect: str) -> Seek:
    """Where `text` leads in an order by `column`. Raises Invalid where it is none of its values."""
    kind = python_type(column.attribute)
    if kind is datetime:
        return Seek(*parse_moment(text, zone), dialect)
    if kind is int:
        number = read_number(text.strip().removeprefix("#"), column, zone)
        return Seek(number, number, dialect)
    if kind is str:
        beginning = read_text(text, column, zone)
        return Seek(beginning, beginning, dialect)
    raise Invalid(_("There is no such place in this order."))


def bound_to(column: Any, value: object) -> Expression:
    """A value to compare a column with."""
    # As a number of 64 bits, since PostgreSQL refuses one that the column's own type cannot hold.
    return literal(value, BigInteger() if isinstance(value, int) else column.type)
