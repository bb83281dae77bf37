"""Connections to MariaDB."""

from socket import socket
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CR
from pymysql.err import OperationalError

from backoffice.connections.time_of_day import read_time


class LimitedConnection(Connection):
    """One that ends by itself where nothing comes over it for so long: see `Limited`."""

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
    cursor = connection.cursor()
    cursor.execute(
        f"SET SESSION innodb_lock_wait_timeout = {lock_seconds}, lock_wait_timeout = {lock_seconds},"
        f" max_statement_time = {statement_seconds}, time_zone = '+00:00',"
        f" idle_transaction_timeout = {statement_seconds * 2},"
        " tx_isolation = 'READ-COMMITTED', sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES,ANSI_QUOTES')"
    )
    cursor.close()
    read_time(connection, "SELECT UTC_TIMESTAMP(6)")
