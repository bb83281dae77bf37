"""A server that is there and says nothing: it is waited for once, a little longer than for a statement."""

import socket
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from backoffice.connections import lift_statement_limit, limit_reads, pool
from backoffice.database_errors import AWAY, SLOW, fault_of
from backoffice.extensions import db
from backoffice.listing import Columns, Listing
from backoffice.models import Post
from backoffice.transfer import export_csv, export_json_lines
from tests.browsing import sign_in, token_of
from tests.conftest import add_administrator
from tests.proxied import connected_to, ended, proxied_app
from tests.proxy import HOST, Proxy

on_servers = pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)
pytestmark = on_servers
WORDS = "The database does not answer just now."
NUMBERS = {
    "postgresql": "generate_series(1, {}) AS numbers (n)",
    "mariadb": "(SELECT seq AS n FROM seq_1_to_{}) AS numbers",
}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a little less for a server beside us."""
    monkeypatch.setattr("backoffice.connections.engine.GRACE_SECONDS", 0.5)


@pytest.fixture
def proxied(migrated_url: str) -> Iterator[tuple[Flask, Proxy]]:
    """An application whose database is behind a proxy."""
    with proxied_app(migrated_url) as (app, proxy):
        yield app, proxy


@pytest.fixture
def proxy(proxied: tuple[Flask, Proxy]) -> Proxy:
    return proxied[1]


@pytest.fixture
def browser(proxied: tuple[Flask, Proxy]) -> FlaskClient:
    """A browser in which susan is signed in."""
    add_administrator("susan", "administrator")
    browser = proxied[0].test_client()
    sign_in(browser, "susan")
    return browser


def numbers(last: int) -> str:
    """The numbers from one on, as a table."""
    return NUMBERS[db.engine.dialect.name].format(last)


def get_one() -> Any:
    """Ask for something with a connection of the pool."""
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT 1"))


# Connections


def test_who_waits_for_a_frozen_server_gets_an_error_and_leaves_nothing(proxy: Proxy) -> None:
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        proxy.freeze()
        with pytest.raises(DBAPIError) as error:
            ended(lambda: connection.execute(text("SELECT 1")))
        assert fault_of(error.value) is AWAY
        assert connection.invalidated
    with pytest.raises(DBAPIError) as error:
        ended(get_one)
    assert fault_of(error.value) is AWAY
    proxy.thaw()
    assert get_one() == 1


def test_giving_back_and_closing_wait_no_longer(proxy: Proxy) -> None:
    with db.engine.connect() as first, db.engine.connect() as second:
        first.execute(text("SELECT 1"))
        second.execute(text("SELECT 1"))
        proxy.freeze()
        with pytest.raises(DBAPIError) as error:
            ended(first.rollback)
        assert fault_of(error.value) is AWAY
        ended(second.invalidate)
    ended(db.engine.dispose)


def test_what_is_sent_is_waited_for_no_longer(proxy: Proxy) -> None:
    much = "x" * 15_000_000  # more than fits between here and the server
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        proxy.freeze()
        with pytest.raises(DBAPIError) as error:
            ended(lambda: connection.execute(text("SELECT :much"), {"much": much}))
        assert fault_of(error.value) is AWAY


def test_what_a_firewall_has_forgotten_is_replaced(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_one() == 1
    proxy.strand()
    monkeypatch.setattr(pool, "REST_SECONDS", 0)
    assert ended(get_one) == 1


def test_what_may_take_long_is_waited_for(proxy: Proxy) -> None:
    """Nothing comes for longer than a statement may take, and then the answer."""
    sleep = {"postgresql": "SELECT pg_sleep(4)", "mariadb": "SELECT sleep(4)"}[db.engine.dialect.name]
    with db.engine.connect() as connection:
        lift_statement_limit(connection)
        limit_reads(connection, None)
        connection.execute(text(sleep))
        limit_reads(connection, 1)
        with pytest.raises(DBAPIError) as error:
            connection.execute(text(sleep))
        assert fault_of(error.value) is AWAY


def test_a_server_that_answers_ends_a_statement_itself(proxy: Proxy) -> None:
    with db.engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(text(f"SELECT sum(n) FROM {numbers(1_000_000_000)}"))
    assert fault_of(error.value) is SLOW
    assert get_one() == 1


UNENDING = {
    "postgresql": "SET idle_in_transaction_session_timeout = 0",
    "mariadb": "SET SESSION idle_transaction_timeout = 0",
}
TAKES = text("UPDATE backoffice_table_origin SET table_name = table_name")


def test_locks_of_a_connection_that_is_silent_for_good_are_let_go(proxy: Proxy) -> None:
    with db.engine.connect() as silent:
        silent.execute(text(UNENDING[db.engine.dialect.name]))
        assert silent.execute(TAKES).rowcount > 0
        proxy.strand()
        with pytest.raises(DBAPIError) as error:
            ended(lambda: silent.execute(text("SELECT 1")))
        assert fault_of(error.value) is AWAY
        with db.engine.begin() as other:
            ended(lambda: other.execute(TAKES))


# Pages


@pytest.mark.parametrize("address", ["/admin/post/", "/login"])
def test_a_page_says_so_while_it_is_frozen(proxy: Proxy, browser: FlaskClient, address: str) -> None:
    proxy.freeze()
    answer = ended(lambda: browser.get(address))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert WORDS in answer.text
    proxy.thaw()
    assert browser.get("/admin/post/").status_code == 200


def test_a_form_says_so_and_keeps_what_was_typed(proxy: Proxy, browser: FlaskClient) -> None:
    token = token_of(browser.get("/admin/post/new/"))
    proxy.freeze()
    answer = ended(lambda: browser.post("/admin/post/new/", data={"csrf_token": token, "body": "typed"}))
    assert answer.status_code == 503
    assert WORDS in answer.text
    assert "typed" in answer.text


def test_a_save_of_whose_end_nothing_is_heard_says_that_nobody_knows(
    proxy: Proxy, browser: FlaskClient
) -> None:
    page = browser.get("/admin/post/new/")
    fields = {"csrf_token": token_of(page), "body": "typed"}

    inserted = Event()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO post"):
            inserted.set()

    event.listen(db.engine, "after_cursor_execute", note)
    event.listen(db.engine, "commit", lambda _connection: proxy.freeze() if inserted.is_set() else None)
    answer = ended(lambda: browser.post("/admin/post/new/", data=fields))
    assert answer.status_code == 503
    assert "nobody knows whether it was" in answer.text
    assert "typed" in answer.text


@pytest.fixture
def mute(proxy: Proxy) -> Iterator[socket.socket]:
    """A server that takes connections and no more, as a machine does whose programs are stopped."""
    with socket.create_server((HOST, 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("address", ["/admin/post/", "/nothing"])
def test_a_page_waits_for_it_once(
    proxy: Proxy, browser: FlaskClient, mute: socket.socket, address: str
) -> None:
    db.engine.dispose()
    proxy.lead_to(mute.getsockname()[1])
    assert ended(lambda: browser.get(address)).status_code == 503
    assert connected_to(mute) == 1


# Downloads


@pytest.mark.parametrize("export", [export_csv, export_json_lines])
def test_a_file_that_stands_still_breaks(
    proxy: Proxy, migrated_url: str, export: Callable[[Listing, Engine], Any]
) -> None:
    numbers = NUMBERS[db.engine.dialect.name].format(150_000)
    with db.engine.begin() as connection:
        limit_reads(connection, None)
        lift_statement_limit(connection)
        connection.execute(
            text(f"INSERT INTO post (id, body) SELECT n, :body FROM {numbers}"), {"body": "x" * 140}
        )
        connection.detach()
    file = export(Listing(Columns(Post, ["id", "body"])), db.engine)
    next(file), next(file)
    proxy.freeze()
    with pytest.raises((DBAPIError, psycopg.OperationalError)):
        ended(lambda: list(file))
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
