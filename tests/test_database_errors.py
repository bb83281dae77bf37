"""What each error of each database means, by one table; and that real ones come as the table has them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, exc, text
from sqlalchemy.exc import DBAPIError

from backoffice.database import is_busy, transaction, with_retries
from backoffice.database_errors import (
    AWAY,
    BUSY,
    CROWDED,
    DAMAGED,
    LIMITED,
    NO_MEMORY,
    NO_ROOM,
    NOT_ALLOWED,
    NOT_THERE,
    PROTOCOL,
    READ_ONLY,
    RULE,
    SIGN_IN,
    SLOW,
    TOO_LARGE,
    UNKNOWN,
    VALUE,
    WORDS,
    Blame,
    Fault,
    Reason,
    fault_message,
    fault_of,
)
from backoffice.exceptions import Busy, Unsure
from backoffice.extensions import db
from backoffice.models import User
from tests.faults import make_read_only

POSTGRESQL = {
    AWAY: ("08000", "08001", "08003", "08004", "08006", "53000", "57P01", "57P02", "57P03", "57P05"),
    BUSY: ("40001", "40P01", "55P03"),
    CROWDED: ("53300",),
    NO_ROOM: ("53100",),
    NO_MEMORY: ("53200",),
    READ_ONLY: ("25006",),
    SLOW: ("57014", "25P04"),
    TOO_LARGE: ("54000", "54001"),
    SIGN_IN: ("28000", "28P01"),
    NOT_THERE: ("3D000", "57P04"),
    NOT_ALLOWED: ("42501",),
    LIMITED: ("53400", "F0001"),
    PROTOCOL: ("08P01",),
    DAMAGED: ("58030", "58P01", "XX001", "XX002"),
    RULE: ("23000", "23502", "23503", "23505", "23514", "23P01", "40002", "44000", "55000", "P0001"),
    VALUE: ("22001", "22003", "22007", "22021", "22P02"),
    UNKNOWN: ("42601", "42P01", "42703", "0A000", "XX000", "55006", "25001"),
}
MARIADB = {
    AWAY: (0, 1053, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2006, 2013),
    BUSY: (1020, 1205, 1213, 1305, 1412),
    CROWDED: (1040, 1203),
    NO_ROOM: (1021, 1114),
    NO_MEMORY: (1037, 1038, 1041),
    READ_ONLY: (1036, 1290, 1792, 1836),
    SLOW: (1317, 1969, 3024),
    TOO_LARGE: (1153, 1206),
    SIGN_IN: (1045, 1129, 1130, 1698, 1862, 4151),
    NOT_THERE: (1049,),
    NOT_ALLOWED: (1044, 1142, 1143, 1227, 1370),
    LIMITED: (1226,),
    DAMAGED: (1026, 1030, 1034, 1194, 1712),
    RULE: (1048, 1062, 1451, 1452, 1644, 4025),
    VALUE: (1264, 1366, 1406),
    UNKNOWN: (1064, 1146, 1054),
}
SQLITE = {
    BUSY: ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT"),
    NO_ROOM: ("SQLITE_FULL",),
    NO_MEMORY: ("SQLITE_NOMEM",),
    READ_ONLY: ("SQLITE_READONLY", "SQLITE_READONLY_DBMOVED"),
    AWAY: ("SQLITE_IOERR", "SQLITE_IOERR_WRITE"),
    SLOW: ("SQLITE_INTERRUPT",),
    NOT_THERE: ("SQLITE_CANTOPEN",),
    NOT_ALLOWED: ("SQLITE_PERM", "SQLITE_AUTH"),
    DAMAGED: ("SQLITE_NOTADB", "SQLITE_CORRUPT"),
    RULE: ("SQLITE_CONSTRAINT", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_TRIGGER"),
    VALUE: ("SQLITE_MISMATCH", "SQLITE_TOOBIG"),
    UNKNOWN: ("SQLITE_ERROR", "SQLITE_MISUSE"),
}
PASSES, OURS, OPERATORS, ROWS = Blame.NOBODYS, Blame.OURS, Blame.OPERATORS, Blame.ROWS

on_servers = pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)


def each(table: dict[Fault, Any]) -> list[tuple[Any, Fault]]:
    return [(code, fault) for fault, codes in table.items() for code in codes]


def wrapped(error: Exception, driver: Any) -> DBAPIError:
    """An error as SQLAlchemy raises it."""
    made = DBAPIError.instance("SELECT 1", {}, error, driver.Error)
    assert isinstance(made, DBAPIError)
    return made


@pytest.mark.parametrize(("code", "fault"), each(POSTGRESQL))
def test_postgresql(code: str, fault: Fault) -> None:
    error = psycopg.errors.lookup(code)() if code != "53000" else psycopg.errors.InsufficientResources()
    assert error.sqlstate == code
    assert fault_of(wrapped(error, psycopg)) == fault_of(error) == fault


@pytest.mark.parametrize(("number", "fault"), each(MARIADB))
def test_mariadb(number: int, fault: Fault) -> None:
    kind = pymysql.err.error_map.get(number, pymysql.OperationalError)
    assert fault_of(wrapped(kind(number, "words"), pymysql)) == fault


@pytest.mark.parametrize(("name", "fault"), each(SQLITE))
def test_sqlite(name: str, fault: Fault) -> None:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = getattr(sqlite3, name)
    assert fault_of(wrapped(error, sqlite3)) == fault


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (wrapped(psycopg.OperationalError("connection failed"), psycopg), AWAY),
        (wrapped(psycopg.errors.ConnectionTimeout("too late"), psycopg), AWAY),
        (wrapped(pymysql.InterfaceError(0, ""), pymysql), AWAY),
        (wrapped(pymysql.OperationalError(1026, "Error writing file (Errcode: 28 ...)"), pymysql), NO_ROOM),
        (wrapped(pymysql.OperationalError(1030, 'Got error 28 "No space left"'), pymysql), NO_ROOM),
        (wrapped(pymysql.OperationalError(1030, 'Got error 128 "Out of memory"'), pymysql), DAMAGED),
        (wrapped(pymysql.OperationalError(9999, "words", sqlstate="23000"), pymysql), RULE),
        (wrapped(psycopg.DataError("no such character"), psycopg), VALUE),
        (wrapped(sqlite3.OperationalError("could not decode"), sqlite3), UNKNOWN),
        (exc.TimeoutError("no connection left"), CROWDED),
        (exc.InvalidatePoolError("dead"), AWAY),
        (ValueError("ours"), UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_what_has_no_code_or_another(error: BaseException | None, fault: Fault) -> None:
    assert fault_of(error) == fault


def test_a_connection_that_is_gone_passes_whatever_was_said() -> None:
    error = wrapped(psycopg.InternalError("unheard of"), psycopg)
    assert fault_of(error) == UNKNOWN
    error.connection_invalidated = True
    assert fault_of(error) == AWAY


def test_what_is_for_later() -> None:
    blamed = {blame: Fault(blame, Reason.REFUSED).is_for_later for blame in Blame}
    assert blamed == {PASSES: True, OURS: True, OPERATORS: True, ROWS: False, Blame.UNKNOWN: False}
    assert is_busy(wrapped(psycopg.errors.DiskFull(), psycopg))
    assert not is_busy(wrapped(psycopg.errors.UniqueViolation(), psycopg))


def test_every_reason_has_words(app: Flask) -> None:
    assert set(WORDS) == set(Reason)
    assert fault_message("read-only") == "The database is read-only just now."
    assert fault_message("of a later version") == "of a later version"


# Real ones


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mariadb+pymysql"])
def test_where_nobody_listens(driver: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        create_engine(f"{driver}://root@127.0.0.1:1/nothing").connect()
    assert fault_of(refused.value) == AWAY


def test_where_there_is_no_file(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
    with pytest.raises(DBAPIError) as refused:
        engine.connect()
    assert fault_of(refused.value) == NOT_THERE


def test_where_the_file_is_none_of_a_database(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 100)
    with (
        pytest.raises(DBAPIError) as refused,
        create_engine(f"sqlite:///{tmp_path / 'text.db'}").connect() as one,
    ):
        one.execute(text("SELECT * FROM anything"))
    assert fault_of(refused.value) == DAMAGED


def test_a_database_that_is_read_only(app: Flask) -> None:
    make_read_only()
    with pytest.raises(Busy) as refused, transaction(db.session):
        db.session.add(User(username="john", email="john@example.com"))
    words = "The database is read-only just now. Nothing was changed; please try again in a moment."
    assert (str(refused.value), refused.value.at_once) == (words, True)
    assert fault_of(refused.value.__cause__) == READ_ONLY


@on_servers
def test_a_name_that_is_not_let_in_or_not_there(app: Flask) -> None:
    """Where MariaDB says why; PostgreSQL's driver gives no code where it cannot connect."""
    expected = (SIGN_IN, NOT_THERE) if db.engine.dialect.name == "mariadb" else (AWAY, AWAY)
    urls = db.engine.url.set(username="nobody", password="wrong"), db.engine.url.set(database="nowhere")
    for url, fault in zip(urls, expected, strict=True):
        with pytest.raises(DBAPIError) as refused:
            create_engine(url).connect()
        assert fault_of(refused.value) == fault


@on_servers
def test_a_statement_that_takes_too_long(app: Flask) -> None:
    statements = {
        "postgresql": ("SET statement_timeout = 50", "SELECT pg_sleep(5)"),
        "mariadb": ("SET SESSION max_statement_time = 0.05", "SELECT * FROM (SELECT SLEEP(5)) AS slept"),
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        connection.execute(text(statements[0]))
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text(statements[1]))
        connection.invalidate()
    assert fault_of(refused.value) == SLOW


# What is tried again


def counted(refusals: Callable[[], Exception]) -> int:
    """How often a transaction is tried that is always refused."""
    tried = 0

    def refused() -> None:
        nonlocal tried
        tried += 1
        raise refusals()

    with pytest.raises(Busy):
        with_retries(refused)
    return tried


def test_only_what_passes_is_tried_again_at_once() -> None:
    assert counted(lambda: Busy("locked")) == 3
    assert counted(lambda: Busy("too slow", at_once=False)) == 1
    assert counted(lambda: Unsure("saved or not")) == 1


@on_servers
def test_what_is_lost_at_the_very_end_may_have_been_saved(app: Flask) -> None:
    def lose(connection: Any) -> None:
        connection.connection.driver_connection.close()

    event.listen(db.engine, "commit", lose, once=True)
    with pytest.raises(Unsure, match="nobody knows whether it was"), transaction(db.session):
        db.session.execute(text("""UPDATE "user" SET email = 'x'"""))
