"""One migration at a time: who comes second waits for the first, and then finds the work done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa

from backoffice.connections import lift_statement_limit, limit_reads
from backoffice.exceptions import Busy

LONGEST_WAIT_SECONDS = 600
BETWEEN_TRIES_SECONDS = 0.2

# Both are held by the session, until its connection is closed.
POSTGRESQL_LOCK = f"SELECT pg_try_advisory_lock({int.from_bytes(b'backoff', 'big')})"
MARIADB_LOCK = "SELECT get_lock(left(concat('backoffice ', database()), 64), 0)"


@contextmanager
def turn(connection: sa.Connection) -> Iterator[None]:
    """Hold the database's migrations to ourselves, without the time limits that other statements have.

    Raises Busy where another process keeps them for longer than `LONGEST_WAIT_SECONDS`.
    """
    if connection.dialect.name == "sqlite":
        with _sqlite_turn(connection):
            yield
        return
    # Closed instead of given back, so that neither the lock nor the missing limit outlives this.
    connection.detach()
    lift_statement_limit(connection)
    limit_reads(connection, None)
    _wait_for(connection, POSTGRESQL_LOCK if connection.dialect.name == "postgresql" else MARIADB_LOCK)
    yield


def _wait_for(connection: sa.Connection, lock: str) -> None:
    connection.commit()
    for attempt in range(int(LONGEST_WAIT_SECONDS / BETWEEN_TRIES_SECONDS)):
        is_ours = connection.execute(sa.text(lock)).scalar()
        connection.commit()
        if is_ours:
            return
        if attempt == 0:
            click.echo("Another migration is running; waiting for it ...")
        time.sleep(BETWEEN_TRIES_SECONDS)
    raise Busy("Another migration is still running. Nothing was changed; try again when it has ended.")


@contextmanager
def _sqlite_turn(connection: sa.Connection) -> Iterator[None]:
    """Let every transaction begin with the file's one write lock, however long another one holds it."""
    connection.execution_options(writing=True)
    # Altering a table is copying and dropping it, which would take along what refers to its rows.
    with (
        _pragma(connection, "foreign_keys", 0),
        _pragma(connection, "busy_timeout", LONGEST_WAIT_SECONDS * 1000),
    ):
        yield


@contextmanager
def _pragma(connection: sa.Connection, name: str, value: int) -> Iterator[None]:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {name}")
    (before,) = cursor.fetchall()[0]
    cursor.execute(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA {name} = {before}")
        cursor.close()
