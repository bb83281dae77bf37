"""The stage: an application on each database, and who acts on it."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

import config
from backoffice import create_app
from backoffice.extensions import bcrypt, db
from backoffice.models import Administrator, User
from tests.beginnings import begin
from tests.databases import CHOSEN, NAMES, Reused, Templates, copied_over, fresh_database, kinds
from tests.tables import show_tables

PASSWORD = "correct horse battery"
SCRATCH = Path(tempfile.mkdtemp(prefix="backoffice-tests-"))
# A few examples find most, `TEST_EXAMPLES=500` looks for longer. That a machine is busy is no failure.
hypothesis.settings.register_profile(
    "suite",
    max_examples=int(os.environ.get("TEST_EXAMPLES", "25")),
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled templates between the applications of a run, each of which would compile its own."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.getbasetemp()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", cache)
        yield


def settings(database_url: str, **environ: str) -> dict[str, Any]:
    """The settings of a test: those of the environment `testing`, on this database, with a queue apart."""
    environ = {"BACKOFFICE_ENV": "testing", "SECRET_KEY": "k" * 40, "DATABASE_URL": database_url, **environ}
    return {**config.load(environ), "QUEUE_FILE": SCRATCH / f"{os.getpid()}.queue"}


def pytest_configure() -> None:
    """Refuse a choice of databases that there are not."""
    if unknown := set(CHOSEN) - set(NAMES):
        raise pytest.UsageError(
            f"TEST_DATABASES: all, or some of {', '.join(NAMES)}, not {', '.join(unknown)}"
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables of the run, and name what was skipped, once for a thousand tests."""
    if not hasattr(terminalreporter.config, "workerinput"):  # else the process that started this one does it
        show_tables(terminalreporter)
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"SKIPPED [{number}] {reason}", yellow=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat a test on each kind of database on which it is to run, where it does not say so itself."""
    marks = metafunc.definition.iter_markers("parametrize")
    given = {name.strip() for mark in marks for name in _names(mark.args[0])}
    depends_on_it = metafunc.definition.get_closest_marker("every_database") is not None
    for name in ("kind", "migrated_url"):
        if name in metafunc.fixturenames and name not in given:
            metafunc.parametrize(name, kinds(depends_on_it=depends_on_it), indirect=True)


def _names(names: str | Sequence[str]) -> Sequence[str]:
    return names.split(",") if isinstance(names, str) else names


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """The name of the kind of database on which this test runs."""
    return str(request.param)


@pytest.fixture
def database_url(kind: str, tmp_path: Path) -> Iterator[str]:
    """A fresh, empty database."""
    with fresh_database(kind, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Databases that are made once, to be copied."""
    templates = Templates(tmp_path_factory.mktemp("templates"))
    yield templates
    templates.drop()


@pytest.fixture(scope="session")
def migrated(templates: Templates) -> Callable[[str], str]:
    """The address of a migrated database of a kind, which is made once, to be copied."""
    return lambda kind: templates.address(kind, "migrated", migrate)


def migrate(database_url: str) -> None:
    """Bring a database up to date, and leave no connection to it."""
    with create_app(settings(database_url)).app_context():
        upgrade()
        let_go()


def let_go() -> None:
    """Leave no connection to the database of the application at hand, so that it can be copied."""
    db.session.remove()
    if db.engine.dialect.name == "sqlite":  # what stands in the log beside the file would not be copied
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()


@pytest.fixture(scope="session")
def reused(migrated: Callable[[str], str]) -> Iterator[Callable[[str], Reused]]:
    """A copy of the migrated database of a server, made once."""
    copies: dict[str, Reused] = {}

    def copy_of(kind: str) -> Reused:
        if kind not in copies:
            copies[kind] = Reused(migrated(kind))
        return copies[kind]

    yield copy_of
    for copy in copies.values():
        copy.drop()


@pytest.fixture
def migrated_url(
    request: pytest.FixtureRequest,
    migrated: Callable[[str], str],
    reused: Callable[[str], Reused],
) -> Iterator[str]:
    """A migrated database without rows, of the kind on which this test runs."""
    if request.param == "sqlite":
        yield copied_over(migrated("sqlite"), SCRATCH / f"{os.getpid()}.db")
        return
    copy = reused(request.param)
    yield copy.url
    copy.clean()


class Browser(FlaskClient):
    """A client whose requests know nothing of the test's own context: each has its own, as when served.

    The test's session lets go of what it holds before, and sees what was written after.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():  # not where the client itself follows a redirect
            db.session.rollback()
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def empty_app(database_url: str) -> Iterator[Flask]:
    """An application on a database in which there is nothing yet, its context pushed."""
    app = create_app(settings(database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest, migrated_url: str) -> Iterator[Flask]:
    """An application on a migrated database, its context pushed.

    One serves many tests: what they set, open and listen to is undone after each. A test that adds views or
    addresses to it is marked `own_app`.
    """
    app = _app_for(request, migrated_url)
    with app.app_context(), _as_it_was(app):
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def bare_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application whose database has no tables; one serves many tests, as with `app`."""
    app = _app_for(request, f"sqlite:///{SCRATCH / f'{os.getpid()}.bare.db'}")
    with _as_it_was(app):
        yield app
    with app.app_context():
        db.engine.dispose()


def _app_for(request: pytest.FixtureRequest, url: str) -> Flask:
    is_own = request.node.get_closest_marker("own_app") is not None
    return made_app(url) if is_own else _kept_app(url)


def made_app(url: str, **environ: str) -> Flask:
    """A new application."""
    app = create_app(settings(url, **environ))
    app.test_client_class = Browser
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _not_to_the_disk)
    return app


def _not_to_the_disk(connection: Any, _record: object) -> None:
    # No test outlives the machine.
    connection.execute("PRAGMA synchronous = OFF")


# On each kind of database, and on one without tables.
_kept_app = lru_cache(maxsize=len(NAMES) + 1)(made_app)


@contextmanager
def _as_it_was(app: Flask) -> Iterator[None]:
    with app.app_context():
        engines: dict[str | None, Engine] = db.engines  # type: ignore[assignment]
    bcrypt.init_app(app)  # which knows only the last application that it was given
    engine, config, extensions = engines[None], dict(app.config), dict(app.extensions)
    # The same pool, but listeners of the test's own, and nothing known of the tables that another test had.
    engines[None] = engine.execution_options()
    yield
    engines[None] = engine
    for now, before in ((app.config, config), (app.extensions, extensions)):
        now.clear()
        now.update(before)


@pytest.fixture
def susan(app: Flask) -> User:
    """An administrator, who signs in as `susan` with PASSWORD."""
    user_id = begin("susan", lambda: add_administrator("susan", "administrator").id)
    user = db.session.get_one(User, user_id)
    db.session.commit()
    return user


def add_administrator(username: str, role: str) -> User:
    """A user who may enter the console with PASSWORD, in this role."""
    user = User(username=username, email=f"{username}@example.com")
    user.set_password(PASSWORD)
    db.session.add(user)
    db.session.flush()
    db.session.add(Administrator(user_id=user.id, username=username, role=role))
    db.session.commit()
    return user


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(client: FlaskClient, susan: User) -> FlaskClient:
    """A browser in which susan is signed in."""
    name = str(client.application.config["SESSION_COOKIE_NAME"])
    administrator = db.session.scalars(select(Administrator.id).filter_by(user_id=susan.id)).one()
    db.session.commit()

    def cookie() -> str:
        from tests.browsing import sign_in

        sign_in(client, "susan")
        kept = client.get_cookie(name)
        assert kept
        return kept.decoded_value

    client.set_cookie(name, begin(f"sign-in of administrator {administrator}", cookie))
    return client
