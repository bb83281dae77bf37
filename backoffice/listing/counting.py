"""Counting no further than is worth it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, Table, case, func, select

from backoffice.budgets import OverBudget, noticed, reading
from backoffice.listing.estimates import estimated_matches, estimated_size
from backoffice.listing.scope import AnySession

# How long a database is not asked again for what it reckons itself: it reckons anew far less often.
BELIEVED_SECONDS = 10.0


class Accuracy(Enum):
    """Just so many, more than these, or about as many as the database itself reckons."""

    EXACT = auto()
    MORE = auto()
    ABOUT = auto()


@dataclass(frozen=True)
class Count:
    """How many rows there are, as far as that is known."""

    value: int
    accuracy: Accuracy = Accuracy.EXACT

    @property
    def exact(self) -> bool:
        return self.accuracy is Accuracy.EXACT


# By engine and table, when that was and how many.
_BELIEVED: WeakKeyDictionary[object, dict[str, tuple[float, Count]]] = WeakKeyDictionary()


def count_rows(session: AnySession, rows: Select[Any], limit: int) -> Count:
    """How many rows there are, up to `limit`."""
    return _up_to(session.connection().scalars(select(_number(rows, limit))).one(), limit)


def count_table(session: AnySession, table: Table, rows: Select[Any], limit: int, known: int) -> Count:
    """How many rows a table has: about so many where the database knows of more than `limit`, else counted.

    One statement asks for both, and counts only where that is needed; where it takes longer than all may, the
    transaction is over, and there are more than those `known`.
    """
    believed = _BELIEVED.setdefault(session.get_bind(), {})
    at, count = believed.get(table.name, (0.0, None))
    if count is not None and count.value > limit and monotonic() - at < BELIEVED_SECONDS:
        return count
    try:
        with noticed():
            count = _count_table(session, table, rows, limit)
    except OverBudget:
        session.rollback()
        return Count(known, Accuracy.MORE)
    if count.accuracy is Accuracy.ABOUT:
        believed[table.name] = monotonic(), count
    return count


def _count_table(session: AnySession, table: Table, rows: Select[Any], limit: int) -> Count:
    size = estimated_size(session, table)
    if size is None:
        return count_rows(session, rows, limit)
    known = select(size.label("size")).subquery()
    number = case((func.coalesce(known.c.size, -1) <= limit, _number(rows, limit)), else_=None)
    about, counted = session.connection().execute(select(known.c.size, number)).one()
    return Count(int(about), Accuracy.ABOUT) if counted is None else _up_to(counted, limit)


def count_matches(session: AnySession, rows: Select[Any], limit: int, seconds: float, known: int) -> Count:
    """How many rows match, up to `limit` and within so many seconds.

    Then it is about as many as the database expects, or more than those `known`. The transaction is over.
    """
    try:
        with _counting(session, seconds):
            return count_rows(session, rows, limit)
    except OverBudget:
        about = estimated_matches(session, rows)
        return (
            Count(known, Accuracy.MORE) if about is None or about <= known else Count(about, Accuracy.ABOUT)
        )


def count_exactly(session: AnySession, rows: Select[Any], seconds: float) -> Count | None:
    """How many rows there are, however many; None where that takes more than so many seconds.

    The transaction is over.
    """
    try:
        with _counting(session, seconds):
            return Count(session.scalars(select(func.count()).select_from(rows.subquery())).one())
    except OverBudget:
        return None


@contextmanager
def _counting(session: AnySession, seconds: float) -> Iterator[None]:
    """Reading that leaves its limit, which may be of milliseconds, to nothing that is read after it."""
    with reading(session, seconds):
        yield
    session.rollback()


def _number(rows: Select[Any], limit: int) -> Any:
    return select(func.count()).select_from(rows.limit(limit + 1).subquery()).scalar_subquery()


def _up_to(found: int, limit: int) -> Count:
    return Count(found) if found <= limit else Count(limit, Accuracy.MORE)
