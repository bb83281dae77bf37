"""Connections to PostgreSQL."""

from collections.abc import Generator
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

from psycopg import Connection, DataError, Error, OperationalError
from psycopg.adapt import Loader
from psycopg.errors import ConnectionTimeout
from psycopg.types import datetime as times
from psycopg.waiting import Ready, Wait

from backoffice.connections.time_of_day import read_time
from backoffice.drivers import as_written

__all__ = ["Error", "connect", "end_session", "has_fallen_silent", "is_silence", "set_up", "silence"]

T = TypeVar("T")
Steps = Generator[Wait, Ready | int, T]


def _tolerant(loader: type[Loader]) -> type[Loader]:
    class Tolerant(loader):  # type: ignore[misc, valid-type]
        def load(self, data: Any) -> Any:
            try:
                return super().load(data)
            except DataError:
                return as_written(bytes(data).decode())

    return Tolerant


# Times that Python has none for, such as `infinity`, are read as they are written.
TIMES = {
    name.lower(): _tolerant(getattr(times, f"{name}Loader"))
    for name in ("Date", "Time", "Timetz", "Timestamp", "Timestamptz", "Interval")
}


class Silence(OperationalError):
    """Nothing was heard of the server."""


class LimitedConnection(Connection[Any]):
    """One that ends by itself where nothing comes over it for so long: see `Limited`."""

    read_seconds: float | None = None
    # Its process on the server, and since when that is there: numbers come again.
    session: tuple[int, datetime] | None = None
    has_fallen_silent = False

    def wait(self, gen: Steps[T], *how: Any, **named: Any) -> T:
        """What psycopg says and hears here, all of it; that nothing has come for a while, it hears too."""
        return super().wait(self._heard(gen), *how, **named)

    def _heard(self, steps: Steps[T]) -> Steps[T]:
        heard_at = monotonic()
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                if ready:
                    heard_at = monotonic()
                elif self.read_seconds is not None and monotonic() - heard_at > self.read_seconds:
                    self._fall_silent()
                wanted = steps.send(ready)
        except StopIteration as end:
            result: T = end.value
            return result

    def _fall_silent(self) -> None:
        self.has_fallen_silent = True
        self.pgconn.finish()
        raise silence()


def connect(seconds: int, *arguments: Any, **named: Any) -> LimitedConnection:
    """A new connection, for which nothing is waited longer than so many seconds."""
    made = LimitedConnection.connect(*arguments, **{**named, "connect_timeout": seconds})
    made.read_seconds = seconds
    return made


def is_silence(error: BaseException) -> bool:
    """Whether it says that nothing was heard of the server."""
    return isinstance(error, Silence | ConnectionTimeout)


def silence() -> Silence:
    """What says so."""
    return Silence("nothing is heard of the server")


def set_up(connection: Any, lock_seconds: int, statement_seconds: int) -> None:
    """Have the server wait for a lock, for a statement and for us no longer than this."""
    # A statement that comes again is planned once: a page's statements are the same for everybody.
    connection.prepare_threshold = 2
    for name, loader in TIMES.items():
        connection.adapters.register_loader(name, loader)
    connection.autocommit = True
    settings = {
        "lock_timeout": f"{lock_seconds}s",
        "statement_timeout": f"{statement_seconds}s",
        "idle_in_transaction_session_timeout": f"{statement_seconds * 2}s",
        "timezone": "UTC",
    }
    set_them = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
    me = "pid, backend_start FROM pg_stat_get_activity(pg_backend_pid())"
    row = read_time(connection, f"SELECT clock_timestamp() AT TIME ZONE 'UTC', {set_them}, {me}")
    connection.session = row[-2:]
    connection.autocommit = False


def has_fallen_silent(connection: Any, _error: BaseException | None) -> bool:
    """Whether a connection is thrown away because nothing was heard over it."""
    return bool(connection.has_fallen_silent)


def end_session(connection: Any, session: tuple[int, datetime]) -> None:
    """End what another connection has left behind, if it is still there."""
    connection.autocommit = True
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(%s) WHERE backend_start = %s", session
    )
    connection.autocommit = False
