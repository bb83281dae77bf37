"""How long a statement may take that is worth only so much, on each database."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from backoffice.database_errors import SLOW, fault_of
from backoffice.statements import AnySession

# Where a connection to MariaDB has the seconds that its statements may take.
SECONDS = "budget_seconds"


class TimedOut(Exception):
    """A statement took longer than it was worth, and was cut off."""


@contextmanager
def budget(session: AnySession, seconds: float) -> Iterator[None]:
    """Reading only, and no longer than so long: raises OverBudget then, and the transaction goes on.

    Where a statement ends in time and the next one begins, the time begins anew on the servers.
    """
    if session.connection().dialect.name != "postgresql":
        with reading(session, seconds):
            yield
        return
    # Rolled back in any case: with it goes the limit.
    savepoint = session.connection().begin_nested()
    try:
        _limit_transaction(session, seconds)
        with noticed():
            yield
    finally:
        savepoint.rollback()


@contextmanager
def reading(session: AnySession, seconds: float) -> Iterator[None]:
    """The same in a transaction that only reads, which costs PostgreSQL one round trip.

    There the limit holds on until another one or the end of the transaction, which being cut off is.
    """
    limit = _LIMITS.get(session.connection().dialect.name, _limit_mariadb)
    with limit(session, seconds), noticed():
        yield


@contextmanager
def noticed() -> Iterator[None]:
    """Raise OverBudget where a statement is cut off by a limit that holds already, whoever set it."""
    try:
        yield
    except DBAPIError as error:
        if fault_of(error) is SLOW:
            raise TimedOut from error
        raise


@contextmanager
def _limit_postgresql(session: AnySession, seconds: float) -> Iterator[None]:
    _limit_transaction(session, seconds)
    try:
        yield
    except TimedOut:
        session.rollback()
        raise


def _limit_transaction(session: AnySession, seconds: float) -> None:
    milliseconds = max(int(seconds * 1000), 1)  # none would be no limit
    session.connection().exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")


@contextmanager
def _limit_sqlite(session: AnySession, seconds: float) -> Iterator[None]:
    connection: Any = session.connection().connection.driver_connection
    deadline = monotonic() + seconds
    connection.set_progress_handler(lambda: monotonic() > deadline, 10_000)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def _limit_mariadb(session: AnySession, seconds: float) -> Iterator[None]:
    known = session.connection().info
    outer = known.get(SECONDS)
    known[SECONDS] = max(seconds, 0.001)  # none would be no limit
    try:
        yield
    finally:
        known[SECONDS] = outer


_LIMITS = {"postgresql": _limit_postgresql, "sqlite": _limit_sqlite}


def limit_statements(engine: Engine) -> None:
    """Let each statement to MariaDB say itself what it may take: no round trip, and nothing to be undone."""
    event.listen(engine, "before_cursor_execute", _with_limit, retval=True)


def _with_limit(
    connection: Connection, _cursor: object, statement: str, parameters: object, _context: object, _many: bool
) -> tuple[str, object]:
    seconds = connection.info.get(SECONDS)
    if seconds is None or not statement.startswith(("SELECT", "EXPLAIN", "WITH")):
        return statement, parameters
    return f"SET STATEMENT max_statement_time = {seconds:.3f} FOR {statement}", parameters
