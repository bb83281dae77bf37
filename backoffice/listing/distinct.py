"""The different values of an indexed column, at a cost that grows with their number, not with the table's."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from backoffice.listing.text import MARIADB
from backoffice.planning import Values
from backoffice.statements import AnySession

T = TypeVar("T")


def distinct_values(
    session: AnySession, column: InstrumentedAttribute[T | None], among: Values | None = None
) -> Sequence[T]:
    """Each value once, in order, nulls left out, of the rows that have the values `among` in other columns.

    An index has to begin with these columns and go on with `column`.
    """
    is_mariadb = session.get_bind().dialect.name in MARIADB
    values = (_skipping if is_mariadb else _from_one_to_the_next)(column, among or {})
    return session.scalars(values).all()


def _skipping(column: InstrumentedAttribute[Any], among: Values) -> Select[Any]:
    """MariaDB goes from one value to the next by itself where it groups, and not where it is told to."""
    same = (other == value for other, value in among.items())
    return select(column).where(*same, column.is_not(None)).group_by(*among, column).order_by(column)


def _from_one_to_the_next(column: InstrumentedAttribute[Any], among: Values) -> Select[Any]:
    same = (other == value for other, value in among.items())
    first = select(func.min(column).label("value")).where(*same).cte("found", recursive=True)
    beyond = aliased(column.class_)
    following = getattr(beyond, column.key)
    same = (getattr(beyond, other.key) == value for other, value in among.items())
    nearest = select(func.min(following)).where(*same, following > first.c.value).scalar_subquery()
    found = first.union_all(select(nearest).where(first.c.value.is_not(None)))
    return select(found.c.value).where(found.c.value.is_not(None))
