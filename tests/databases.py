"""The databases that the suite finds: SQLite always, PostgreSQL and MariaDB where a server answers."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from backoffice.extensions import db

SERVERS = {
    "postgresql": os.environ.get(
        "TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
    ),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mariadb+pymysql://root@127.0.0.1:3306/mysql"),
}
NAMES = ("sqlite", *SERVERS)
# Those on which everything is to run. Where none are named, everything runs on SQLite, and what is marked
# `every_database` on the servers too, where they answer.
TEST_DATABASES = os.environ.get("TEST_DATABASES", "")
CHOSEN = NAMES if TEST_DATABASES == "all" else tuple(filter(None, TEST_DATABASES.split(",")))
IN_CI = bool(os.environ.get("CI"))
MISSING = "{} is not running here"
# What a migration has written, and no test.
KEPT_TABLES = {"backoffice_alembic_version", "backoffice_table_origin"}
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def kinds(*, depends_on_it: bool) -> list[Any]:
    """The kinds of database, as parameters, on which a test runs that depends on the kind or does not.

    A kind that is not running here is skipped at once, but in CI, where the test itself fails.
    """
    names = CHOSEN or (NAMES if depends_on_it else NAMES[:1])
    return [name if IN_CI or _answers(name) else _skipped(name) for name in names]


def _skipped(name: str) -> Any:
    return pytest.param(name, marks=pytest.mark.skip(MISSING.format(name)))


def missing(what: str) -> None:
    """Skip, by name, a test that needs `what`; where everything must be there (in CI), fail."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI has to have it")
    pytest.skip(MISSING.format(what))


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind, dropped at the end."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / f'{uuid.uuid4().hex}.db'}"
        return
    with _database_on_server(kind) as url:
        yield url.render_as_string(hide_password=False)


class Templates:
    """Databases that are made once, to be copied."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._addresses: dict[tuple[str, str], str] = {}

    def address(self, kind: str, name: str, make: Callable[[str], object]) -> str:
        """That of the database of this name; the first time `make` makes it of an empty one."""
        if (kind, name) not in self._addresses:
            url = self._stack.enter_context(fresh_database(kind, self._folder))
            make(url)
            self._addresses[kind, name] = url
        return self._addresses[kind, name]

    def drop(self) -> None:
        """Drop them all."""
        self._stack.close()


def copied_over(template: str, file: Path) -> str:
    """The address of a copy of a database of SQLite's, in the place of what was in this file."""
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    shutil.copy(str(make_url(template).database), file)
    return f"sqlite:///{file}"


@contextmanager
def copied_database(template: str, folder: Path) -> Iterator[str]:
    """The address of a copy of a database to which nobody is connected, dropped at the end."""
    source = make_url(template)
    kind = source.get_backend_name()
    if kind == "sqlite":
        copy = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(str(source.database), copy)
        yield f"sqlite:///{copy}"
        return
    clause = f" TEMPLATE {source.database}" if kind == "postgresql" else ""
    with _database_on_server(kind, clause) as url:
        if kind == "mariadb":
            _copy_tables(source, url)
        yield url.render_as_string(hide_password=False)


@contextmanager
def _database_on_server(kind: str, clause: str = "") -> Iterator[URL]:
    name = f"backoffice_test_{uuid.uuid4().hex[:12]}"
    server = make_url(SERVERS[kind])
    if CHOSEN and kind not in CHOSEN:
        pytest.skip(f"{kind} is not among TEST_DATABASES")
    if not _answers(kind):
        missing(kind)
    _run(server, f"CREATE DATABASE {name}{clause}")
    try:
        yield server.set(database=name)
    finally:
        _run(server, f"DROP DATABASE {name}" + (" WITH (FORCE)" if kind == "postgresql" else ""))


class Reused:
    """A copy of a template that one test after the other has to itself, emptied in between.

    Where a test changed the tables themselves, the next one gets a new copy.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._stack = ExitStack()
        self._take()

    def _take(self) -> None:
        self.url = self._stack.enter_context(copied_database(self._template, Path()))
        self._engine = create_engine(self.url, pool_pre_ping=True)
        self._stack.callback(self._engine.dispose)
        self._shape = self._read_shape()

    def clean(self) -> None:
        """Leave it as the template is."""
        if self._read_shape() != self._shape:
            self.drop()
            self._take()
            return
        unchecked = {"postgresql": "session_replication_role = replica", "mariadb": "foreign_key_checks = 0"}
        with self._engine.begin() as connection:
            connection.exec_driver_sql(f"SET {unchecked[self._engine.dialect.name]}")
            for table in sorted({name for name, *_ in self._shape} - KEPT_TABLES):
                quoted = connection.dialect.identifier_preparer.quote(table)
                connection.exec_driver_sql(f"DELETE FROM {quoted}")

    def drop(self) -> None:
        """Drop the database."""
        self._stack.close()

    def _read_shape(self) -> set[tuple[str, str, str, str]]:
        schema = "database()" if self._engine.dialect.name == "mariadb" else "current_schema()"
        columns = f"""SELECT table_name, column_name, is_nullable, data_type FROM information_schema.columns
                      WHERE table_schema = {schema}"""
        with self._engine.connect() as connection:
            return {(row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(columns)}


def short_lock_timeout() -> None:
    """From here on the application at hand waits as short for a lock as its database can."""
    patience = {
        "sqlite": "PRAGMA busy_timeout = 50",
        "postgresql": "SET lock_timeout = '200ms'",
        "mariadb": "SET innodb_lock_wait_timeout = 1",
    }
    statement = patience[db.engine.dialect.name]
    event.listen(db.engine, "begin", lambda one: one.exec_driver_sql(statement), insert=True)


@cache
def _answers(kind: str) -> bool:
    """Whether there is a server of this kind; asked once, not for every test that is then skipped."""
    if kind == "sqlite":
        return True
    try:
        _run(make_url(SERVERS[kind]), "SELECT 1", connect_timeout=3)
    except DBAPIError:
        return False
    return True


def _copy_tables(source: URL, target: URL) -> None:
    """What PostgreSQL does with a template, for MariaDB."""
    engine = create_engine(source)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        creates = [connection.execute(text(f"SHOW CREATE TABLE `{table}`")).one()[1] for table in tables]
    engine.dispose()
    fills = [f"INSERT INTO `{table}` SELECT * FROM `{source.database}`.`{table}`" for table in tables]
    _run(target, "SET foreign_key_checks = 0", *creates, *fills)


def _run(server: URL, *statements: str, **arguments: object) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", connect_args=arguments)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
