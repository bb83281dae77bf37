"""How long a server is waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

from sqlalchemy import Connection

# What a server may need to say that it has ended a statement which took too long, and what is on its way.
GRACE_SECONDS = 2


class Limited(Protocol):
    """A connection over which nothing may come for so many seconds; for any time where it is None.

    Then what waited for it gets the driver's OperationalError, and the connection is closed, at once: nobody
    takes leave of a server that does not answer.
    """

    read_seconds: float | None


def limit_reads(connection: Connection, seconds: float | None) -> None:
    """Wait for so long for each read from here on, with None for any time; SQLite has no server."""
    if connection.dialect.name != "sqlite":
        cast("Limited", connection.connection.dbapi_connection).read_seconds = seconds


def lift_statement_limit(connection: Connection) -> None:
    """Have the server end no statement for the time that it takes, until the connection is closed."""
    if connection.dialect.name != "sqlite":
        is_postgresql = connection.dialect.name == "postgresql"
        limit = "statement_timeout" if is_postgresql else "SESSION max_statement_time"
        connection.exec_driver_sql(f"SET {limit} = 0")


@contextmanager
def waiting(connection: Limited, seconds: float) -> Iterator[None]:
    """Wait for so long only."""
    usual, connection.read_seconds = connection.read_seconds, seconds
    try:
        yield
    finally:
        connection.read_seconds = usual
