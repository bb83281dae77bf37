"""How the console talks to a database: waits, time-outs, and transactions that begin as what they are."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from select import POLLIN, poll
from time import monotonic, sleep
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session

from backoffice.clock import machine_time, note_time, running
from backoffice.database_errors import AWAY, BUSY, Blame, Fault, fault_message, fault_of
from backoffice.drivers import configure_dialect, mark_zero_dates, read_any_text, read_any_time
from backoffice.exceptions import Busy, Unsure
from backoffice.statement_timeouts import AnySession, limit_statements

T = TypeVar("T")
# How often a transaction is tried, and after how long not again: somebody is waiting for an answer.
ATTEMPTS = 3
PATIENCE_SECONDS = 8.0
# How long a note that may as well be skipped waits for its turn.
NOTE_WAITS_MILLISECONDS = 100


def configure(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Give every connection of `engine` its time-outs, and SQLite the transactions that it lacks."""
    configure_dialect(engine)
    lock, statement = settings["LOCK_TIMEOUT_SECONDS"], settings["STATEMENT_TIMEOUT_SECONDS"]
    if engine.dialect.name == "sqlite":
        _on_connect(engine, lambda connection: _configure_sqlite(connection, lock))
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "checkout", partial(_discard_dead, engine))
        _on_connect(engine, lambda connection: _configure_postgresql(connection, lock, statement))
    else:
        _on_connect(engine, lambda connection: _configure_mariadb(connection, lock, statement))
        limit_statements(engine)


def _on_connect(engine: Engine, configure_connection: Any) -> None:
    # Before SQLAlchemy's own listener, which looks once at how the connection quotes names.
    event.listen(engine, "connect", lambda connection, _record: configure_connection(connection), insert=True)


def _configure_sqlite(connection: DBAPIConnection, lock_seconds: int) -> None:
    # The driver's own transactions begin late and never for a read; `_begin_sqlite` begins them instead.
    connection.isolation_level = None
    read_any_text(connection)
    for pragma in (
        f"busy_timeout = {lock_seconds * 1000}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        # Pages that many rows of bulk work touch again and again are written back less often: 16 and 32 MB.
        "cache_size = -16000",
        "wal_autocheckpoint = 8000",
    ):
        _execute(connection, f"PRAGMA {pragma}")
    note_time(machine_time(), running())  # it has no other time
    connection.create_function("backoffice_pack", 1, _pack, deterministic=True)
    connection.create_function("backoffice_unpack", 1, _unpack, deterministic=True)


def _pack(value: float | bytes | str) -> str:
    """What SQLite's JSON cannot hold, or would round, as an object that names it."""
    match value:
        case float():
            return json.dumps({"real": repr(value)})
        case bytes():
            return json.dumps({"hex": value.hex()})
        case _:
            return json.dumps({"text": value.encode().hex()})


def _unpack(packed: str) -> float | bytes | str:
    ((kind, text),) = json.loads(packed).items()
    if kind == "real":
        return float(text)
    return bytes.fromhex(text) if kind == "hex" else bytes.fromhex(text).decode()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later is refused at once when another one wrote meanwhile.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _configure_postgresql(connection: DBAPIConnection, lock_seconds: int, statement_seconds: int) -> None:
    # A statement that comes again is planned once: a page's statements are the same for everybody.
    connection.prepare_threshold = 2
    read_any_time(connection)
    connection.autocommit = True
    settings = {
        "lock_timeout": f"{lock_seconds}s",
        "statement_timeout": f"{statement_seconds}s",
        "idle_in_transaction_session_timeout": f"{statement_seconds * 2}s",
        "timezone": "UTC",
    }
    set_them = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
    _read_time(connection, f"SELECT clock_timestamp() AT TIME ZONE 'UTC', {set_them}")
    connection.autocommit = False


def _read_time(connection: DBAPIConnection, statement: str) -> None:
    """Take the first column of what this selects for the time."""
    asked, cursor = running(), connection.cursor()
    cursor.execute(statement)
    (row,) = cursor.fetchall()
    cursor.close()
    note_time(row[0], asked)


def _discard_dead(engine: Engine, connection: DBAPIConnection, *_rest: object) -> None:
    """What `pool_pre_ping` does at the price of a query each time: take no connection that the server ended.

    Nothing comes in over a connection at rest. Where something did, the server is asked.
    """
    arrivals = poll()
    arrivals.register(connection.fileno(), POLLIN)
    if arrivals.poll(0) and not _answers(engine, connection):
        raise InvalidatePoolError


def _answers(engine: Engine, connection: DBAPIConnection) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _configure_mariadb(connection: DBAPIConnection, lock_seconds: int, statement_seconds: int) -> None:
    _execute(
        connection,
        f"SET SESSION innodb_lock_wait_timeout = {lock_seconds}, lock_wait_timeout = {lock_seconds},"
        f" max_statement_time = {statement_seconds}, time_zone = '+00:00',"
        " tx_isolation = 'READ-COMMITTED', sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES,ANSI_QUOTES')",
    )
    mark_zero_dates(connection)
    _read_time(connection, "SELECT UTC_TIMESTAMP(6)")


def _execute(connection: DBAPIConnection, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()


def commit_soon(session: Session) -> None:
    """Do not wait until this transaction is on PostgreSQL's disk: the next one that waits, waits for it too.

    What a crash of the server undoes is undone whole, and in order; so this is for what is done again then.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")


@contextmanager
def transaction(session: AnySession) -> Iterator[None]:
    """One transaction that writes, committed on leaving; after an exception everything is as it was.

    What was read before is forgotten, and read again in it. Raises Busy where the database cannot do it now,
    and Unsure where it went away at the very end.
    """
    with busy_in_words():
        try:
            session.rollback()
            session.connection(execution_options={"writing": True})
            yield
            session.flush()
            _commit(session)
        except BaseException:
            session.rollback()
            raise


@contextmanager
def busy_in_words() -> Iterator[None]:
    """Raise Busy where the database cannot do now what is asked of it inside."""
    try:
        yield
    except (DBAPIError, NoConnectionLeft) as error:
        fault = fault_of(error)
        if not fault.is_for_later:
            raise
        raise Busy(busy_message(fault), at_once=fault.blame is Blame.NOBODYS) from error


def _commit(session: AnySession) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        if fault_of(error) is AWAY:
            raise Unsure(
                _(
                    "The database went away while this was being saved: nobody knows whether it was. "
                    "Please look before you try again."
                )
            ) from error
        raise


def busy_message(fault: Fault = BUSY) -> str:
    """What to say where something cannot be done for the sake of the database."""
    if fault.blame is Blame.OPERATORS:
        end = _("Nothing was changed. Whoever runs the console has to mend this.")
    else:
        end = _("Nothing was changed; please try again in a moment.")
    return f"{fault_message(fault.reason)} {end}"


def is_writing(session: AnySession) -> bool:
    """Whether this is within a `transaction`."""
    return bool(session.connection().get_execution_options().get("writing"))


def with_retries(transaction: Callable[[], T]) -> T:
    """What a transaction returns, which is tried again, whole, where the database was busy with others'.

    Raises Busy when it was tried three times, or when whoever asked has waited long enough.
    """
    begun = monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return transaction()
        except Busy as busy:
            if not busy.at_once or attempt == ATTEMPTS or monotonic() - begun > PATIENCE_SECONDS:
                raise
            # A little apart from the other one, which may be trying again too.
            sleep(random.uniform(0.02, 0.2) * attempt)  # noqa: S311
    raise AssertionError


def is_busy(error: BaseException) -> bool:
    """Whether the database refused because it was busy or away, not because of what was asked."""
    return fault_of(error).is_for_later


READ_ONLY_NOW = {
    "postgresql": "SELECT current_setting('transaction_read_only') = 'on'",
    "mariadb": "SELECT @@global.read_only <> 0",
    "mysql": "SELECT @@global.read_only <> 0",
}


def is_read_only(session: AnySession) -> bool:
    """Whether a server takes no changes just now; SQLite says so only where one is tried."""
    question = READ_ONLY_NOW.get(session.connection().dialect.name)
    return question is not None and bool(session.connection().exec_driver_sql(question).scalar())


@contextmanager
def short_lock_timeout(connection: Connection) -> Iterator[None]:
    """On SQLite, where any writer locks all, wait a moment only: no page is to stand still for a note."""
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {NOTE_WAITS_MILLISECONDS}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {usual}")
