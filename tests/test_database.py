"""Connections: set up on each database, checked before use, returned clean, and never waiting for ever."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from backoffice import create_app
from backoffice.database import is_writing, transaction
from backoffice.exceptions import Busy
from backoffice.extensions import db
from backoffice.history import operation, unhurried
from backoffice.models import User
from tests.conftest import settings
from tests.waiting import SECONDS

pytestmark = pytest.mark.every_database

SETTINGS: dict[str, dict[str, object]] = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA foreign_keys": 1, "PRAGMA busy_timeout": 5000},
    "postgresql": {
        "SHOW lock_timeout": "5s",
        "SHOW statement_timeout": "30s",
        "SHOW idle_in_transaction_session_timeout": "1min",
        "SHOW timezone": "UTC",
    },
    "mariadb": {
        "SELECT @@innodb_lock_wait_timeout": 5,
        "SELECT @@max_statement_time": 30,
        "SELECT @@idle_transaction_timeout": 60,
        "SELECT @@tx_isolation": "READ-COMMITTED",
        "SELECT @@time_zone": "+00:00",
    },
}


def test_every_connection_is_set_up(app: Flask) -> None:
    for statement, expected in SETTINGS[db.engine.dialect.name].items():
        assert db.session.scalar(text(statement)) == expected, statement


def test_every_connection_is_waited_for_a_little_longer_than_a_statement(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # there is no server
    for engine in db.engines.values():
        with engine.connect() as connection:
            assert connection.connection.dbapi_connection.read_seconds == 32  # type: ignore[union-attr]
    with unhurried(db.engine) as connection:
        assert connection.connection.dbapi_connection.read_seconds == 600  # type: ignore[union-attr]
    with unhurried(db.engine, seconds=None) as connection:
        assert connection.connection.dbapi_connection.read_seconds == 32  # type: ignore[union-attr]


def test_a_connection_comes_back_clean_after_an_error(app: Flask) -> None:
    db.session.add(User(username="john", email="john@example.com"))
    db.session.flush()
    with pytest.raises(SQLAlchemyError):
        db.session.execute(text("SELECT nothing FROM nowhere"))
    db.session.remove()
    assert db.session.scalar(text('SELECT count(*) FROM "user"')) == 0


STILL_THERE = "SELECT count(*) FROM pg_stat_activity WHERE pid = :number"


def test_a_connection_that_the_server_ended_is_replaced(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        assert app.config["SQLALCHEMY_ENGINE_OPTIONS"]["pool_pre_ping"]  # there is no server to end it
        return
    own = "SELECT pg_backend_pid()" if db.engine.dialect.name == "postgresql" else "SELECT connection_id()"
    number = db.session.scalar(text(own))
    db.session.remove()
    end = f"SELECT pg_terminate_backend({number})" if "pg_" in own else f"KILL {number}"
    other = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(text(end))
        while own.startswith("SELECT pg") and connection.scalar(text(STILL_THERE), {"number": number}):
            pass  # it ends a moment after it was told to
    other.dispose()
    assert db.session.scalar(text("SELECT 1")) == 1


class Refusal(Exception):
    """What a person may not do."""


def fail(error: BaseException) -> None:
    """Change a row, and come to an error before the transaction ends."""
    with transaction(db.session):
        db.session.query(User).one().username = "johnny"
        db.session.flush()
        raise error


@pytest.mark.parametrize("error", [Refusal(), KeyboardInterrupt(), ProgrammingError("", None, Exception())])
def test_a_transaction_is_whole_or_not_at_all(app: Flask, error: BaseException) -> None:
    with transaction(db.session):
        db.session.add(User(username="john", email="john@example.com"))
    with pytest.raises(type(error)):
        fail(error)
    assert not db.session().in_transaction()
    assert db.session.scalar(text('SELECT username FROM "user"')) == "john"


def test_a_transaction_reads_anew_what_was_read_before(app: Flask) -> None:
    with transaction(db.session):
        db.session.add(User(username="john", email="john@example.com"))
    john = db.session.query(User).one()
    with db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(text("""UPDATE "user" SET username = 'johnny'"""))
        connection.commit()
    assert (john.username, is_writing(db.session)) == ("john", False)
    with transaction(db.session):
        assert (john.username, is_writing(db.session)) == ("johnny", True)


@pytest.fixture
def short_lock_timeout(migrated_url: str) -> Iterator[Flask]:
    """An application that waits a second for a lock."""
    app = create_app(settings(migrated_url, LOCK_TIMEOUT_SECONDS="1"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_row_that_somebody_holds_is_waited_for_and_then_reported(short_lock_timeout: Flask) -> None:
    db.session.add(User(username="john", email="john@example.com"))
    db.session.commit()
    held, let_go = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold_the_row, args=(short_lock_timeout, held, let_go))
    holder.start()
    assert held.wait(SECONDS)
    try:
        with pytest.raises(Busy):
            rename("johnny")
    finally:
        let_go.set()
        holder.join()
    rename("johnny")
    assert db.session.scalar(text('SELECT username FROM "user"')) == "johnny"


def hold_the_row(app: Flask, held: threading.Event, let_go: threading.Event) -> None:
    with app.app_context(), db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(text('UPDATE "user" SET email = email'))
        connection.execute(text("""UPDATE "user" SET email = 'other@example.com'"""))
        held.set()
        let_go.wait(SECONDS)
        connection.rollback()


def rename(username: str) -> None:
    with operation("user:update", table="user"):
        db.session.query(User).one().username = username
