"""Connections to MariaDB."""

import secrets
from collections.abc import Callable
from functools import partial
from socket import socket
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CR, FIELD_TYPE
from pymysql.converters import decoders
from pymysql.err import Error, OperationalError

from backoffice.connections.time_of_day import read_time
from backoffice.drivers import as_written

__all__ = ["Error", "connect", "end_session", "has_fallen_silent", "is_silence", "set_up", "silence"]


def _marked(convert: Callable[[Any], Any], text: Any) -> Any:
    value = convert(text)
    return as_written(value) if isinstance(value, str) else value


# For a time that Python has none for, such as a date of zero, PyMySQL gives a text: it is said to be one.
TIMES = {
    kind: partial(_marked, decoders[kind])
    for kind in (FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATE, FIELD_TYPE.TIME)
}


class LimitedConnection(Connection):
    """One that ends by itself where nothing comes over it for so long: see `Limited`."""

    # The name of a lock that it holds as long as it is there: its number may come again.
    session: str | None = None
    _sock: socket
    _result: Any

    @property
    def read_seconds(self) -> float | None:
        """For how long it is waited until something comes, or can be sent."""
        return self._read_timeout

    @read_seconds.setter
    def read_seconds(self, seconds: float | None) -> None:
        # PyMySQL asks for both before each read and write.
        self._read_timeout = self._write_timeout = seconds

    def _force_close(self) -> None:
        super()._force_close()  # type: ignore[misc]
        if self._result is not None:
            self._result.unbuffered_active = False  # else its rows would be read to the end

    def fileno(self) -> int:
        """That of its socket."""
        return self._sock.fileno()


def connect(seconds: int, *arguments: Any, **named: Any) -> LimitedConnection:
    """A new connection, for which nothing is waited longer than so many seconds."""
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), seconds)
    return LimitedConnection(*arguments, **{**named, **limits})


def is_silence(error: BaseException) -> bool:
    """Whether it says that nothing was heard of the server."""
    return isinstance(error.__context__, TimeoutError)


def silence() -> OperationalError:
    """What says so."""
    return OperationalError(CR.CR_SERVER_LOST, "nothing is heard of the server")


def set_up(connection: Any, lock_seconds: int, statement_seconds: int) -> None:
    """Have the server wait for a lock, for a statement and for us no longer than this."""
    connection.decoders |= TIMES
    cursor = connection.cursor()
    cursor.execute(
        f"SET SESSION innodb_lock_wait_timeout = {lock_seconds}, lock_wait_timeout = {lock_seconds},"
        f" max_statement_time = {statement_seconds}, time_zone = '+00:00',"
        f" idle_transaction_timeout = {statement_seconds * 2},"
        " tx_isolation = 'READ-COMMITTED', sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES,ANSI_QUOTES')"
    )
    cursor.close()
    session = f"backoffice {secrets.token_hex(12)}"
    read_time(connection, f"SELECT UTC_TIMESTAMP(6), get_lock('{session}', 0)")
    connection.session = session


def has_fallen_silent(_connection: Any, error: BaseException | None) -> bool:
    """Whether a connection is thrown away because nothing was heard over it."""
    return error is not None and is_silence(error)


def end_session(connection: Any, session: str) -> None:
    """End what another connection has left behind, if it is still there."""
    cursor = connection.cursor()
    cursor.execute("SELECT is_used_lock(%s)", (session,))
    (number,) = cursor.fetchone()
    if number is not None:
        cursor.execute(f"KILL {number}")
    cursor.close()
