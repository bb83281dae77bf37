"""What every engine of the application gets, whoever it is for: pages, workers, commands."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Engine, event

from backoffice.connections import sqlite
from backoffice.connections.left_behind import LeftBehind
from backoffice.connections.limits import GRACE_SECONDS
from backoffice.connections.pool import check_before_use
from backoffice.connections.silence import has_waited, note_silence
from backoffice.drivers import configure_dialect
from backoffice.statement_timeouts import limit_statements

# To connect, and to set up what is connected, may take so long: libpq knows nothing shorter.
CONNECT_SECONDS = 2


def configure(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Give every connection of `engine` its time-outs, on both sides, and SQLite what it lacks.

    A server whose connections stand still says nothing, not even that. So each read ends on our side a little
    after the server would have ended the statement; and the connection with it.
    """
    configure_dialect(engine)
    name = engine.dialect.name
    if name == "sqlite":
        _set_up(engine, lambda made: sqlite.set_up(made, settings["LOCK_TIMEOUT_SECONDS"]))
        event.listen(engine, "begin", sqlite.begin)
        return
    server = _server(name)
    left_behind = LeftBehind(server)
    event.listen(engine, "do_connect", _connect(server))
    event.listen(engine, "handle_error", partial(note_silence, server.is_silence))
    event.listen(engine, "invalidate", left_behind.note)
    _set_up(engine, lambda made: _set_up_server(server, left_behind, made, settings))
    check_before_use(engine)
    if name != "postgresql":
        limit_statements(engine)


def _server(name: str) -> Any:
    # Nobody has to wait for a driver that is not needed.
    if name == "postgresql":
        from backoffice.connections import postgresql

        return postgresql
    from backoffice.connections import mariadb

    return mariadb


def _connect(server: Any) -> Any:
    def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
        if has_waited():
            raise server.silence()
        return server.connect(CONNECT_SECONDS, *arguments, **named)

    return connect


def _set_up(engine: Engine, set_up: Any) -> None:
    # Before SQLAlchemy's own listener, which looks once at how the connection quotes names.
    event.listen(engine, "connect", lambda made, _record: set_up(made), insert=True)


def _set_up_server(server: Any, left_behind: LeftBehind, made: Any, settings: Mapping[str, Any]) -> None:
    statement_seconds = settings["STATEMENT_TIMEOUT_SECONDS"]
    server.set_up(made, settings["LOCK_TIMEOUT_SECONDS"], statement_seconds)
    left_behind.end(made)
    made.read_seconds = statement_seconds + GRACE_SECONDS
