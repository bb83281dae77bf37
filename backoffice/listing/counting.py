"""Counting no further than is worth it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import ScalarSelect, Table, case, func, select

from backoffice.listing.estimates import estimated_matches, estimated_size
from backoffice.statement_timeouts import TimedOut, noticed, reading
from backoffice.statements import AnySelect, AnySession

# How long a database is not asked again for what it reckons itself: it reckons anew far less often.
BELIEVED_SECONDS = 10.0
# What takes no longer is counted to the end; of more rows than these that is not tried. The rows of a whole
# table SQLite counts by its pages.
A_MOMENT = 0.005
MOST_LOOKED_AT = 100_000
MOST_COUNTED_SOON = {"sqlite": 1_000_000, "postgresql": 100_000, "mariadb": 100_000}


class Accuracy(Enum):
    """Just so many, more than these, or about as many as the database itself reckons."""

    EXACT = auto()
    MORE = auto()
    ABOUT = auto()


@dataclass(frozen=True)
class Count:
    """How many rows there are, as far as that is known; `age` is how many seconds old an estimate is."""

    value: int
    accuracy: Accuracy = Accuracy.EXACT
    age: int | None = None

    @property
    def exact(self) -> bool:
        return self.accuracy is Accuracy.EXACT


# By engine and table, when that was and how many.
_BELIEVED: WeakKeyDictionary[object, dict[str, tuple[float, Count]]] = WeakKeyDictionary()


def count_rows(session: AnySession, rows: AnySelect, limit: int) -> Count:
    """How many rows there are, up to `limit`."""
    return _up_to(session.connection().scalars(select(_number(rows, limit))).one(), limit)


def count_table(session: AnySession, table: Table, rows: AnySelect, limit: int, known: int) -> Count:
    """How many rows a table has: counted up to `limit`, or further where that takes a moment only.

    Else about as many as the database knows of. One statement asks it for that, and counts where it knows of
    fewer than `limit`; where it takes longer than all may, there are more than those `known`. The transaction
    may be over.
    """
    believed = _BELIEVED.setdefault(session.get_bind(), {})
    at, count = believed.get(table.name, (0.0, None))
    if count is not None and count.value > limit and monotonic() - at < BELIEVED_SECONDS:
        return count
    try:
        with noticed():
            count = _count_table(session, table, rows, limit)
    except TimedOut:
        session.rollback()
        return Count(known, Accuracy.MORE)
    if not count.exact:
        count = _count_soon(session, rows, count)
    if count.accuracy is Accuracy.ABOUT:
        believed[table.name] = monotonic(), count
    return count


def _count_soon(session: AnySession, rows: AnySelect, count: Count) -> Count:
    """The exact number, where that is found in a moment, else what is known. The transaction is over."""
    most = MOST_COUNTED_SOON[session.connection().dialect.name.replace("mysql", "mariadb")]
    if count.value > most:
        return count
    # Where nobody knows how many there are, no more of them are looked at.
    asked = rows if count.accuracy is Accuracy.ABOUT else rows.limit(MOST_LOOKED_AT + 1)
    try:
        with _counting(session, A_MOMENT):
            found = session.scalars(select(func.count()).select_from(asked.subquery())).one()
    except TimedOut:
        return count
    return count if count.accuracy is Accuracy.MORE and found > MOST_LOOKED_AT else Count(found)


def _count_table(session: AnySession, table: Table, rows: AnySelect, limit: int) -> Count:
    size = estimated_size(session, table)
    if size is None:
        return count_rows(session, rows, limit)
    number = case((func.coalesce(size.c.size, -1) <= limit, _number(rows, limit)), else_=None)
    about, age, counted = session.connection().execute(select(size.c.size, size.c.age, number)).one()
    return Count(int(about), Accuracy.ABOUT, age) if counted is None else _up_to(counted, limit)


def count_matches(session: AnySession, rows: AnySelect, limit: int, seconds: float, known: int) -> Count:
    """How many rows match, up to `limit` and within so many seconds.

    Then it is about as many as the database expects, or more than those `known`. The transaction is over.
    """
    try:
        with _counting(session, seconds):
            return count_rows(session, rows, limit)
    except TimedOut:
        about = estimated_matches(session, rows)
        return (
            Count(known, Accuracy.MORE) if about is None or about <= known else Count(about, Accuracy.ABOUT)
        )


def count_exactly(session: AnySession, rows: AnySelect, seconds: float) -> Count | None:
    """How many rows there are, however many; None where that takes more than so many seconds.

    The transaction is over.
    """
    try:
        with _counting(session, seconds):
            return Count(session.scalars(select(func.count()).select_from(rows.subquery())).one())
    except TimedOut:
        return None


@contextmanager
def _counting(session: AnySession, seconds: float) -> Iterator[None]:
    """Reading that leaves its limit, which may be of milliseconds, to nothing that is read after it."""
    with reading(session, seconds):
        yield
    session.rollback()


def _number(rows: AnySelect, limit: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows.limit(limit + 1).subquery()).scalar_subquery()


def _up_to(found: int, limit: int) -> Count:
    return Count(found) if found <= limit else Count(limit, Accuracy.MORE)
