"""Whether the process is well: said soon, whatever hangs, and without asking more than need be."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from backoffice.console.http import health_check
from backoffice.extensions import db
from tests.browsing import sign_in
from tests.commands.served import answered, served
from tests.conftest import add_administrator
from tests.faults import take_away
from tests.proxied import connected_to, ended, proxied_app
from tests.proxy import HOST, Proxy

on_servers = pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)
AWAY = "The database does not answer just now."
# So long that nobody who waits for a statement is answered within a test.
PATIENT = {"STATEMENT_TIMEOUT_SECONDS": "3600"}


@pytest.mark.every_database
def test_a_process_that_is_well(client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.every_database
def test_a_database_that_is_away(client: FlaskClient) -> None:
    take_away()
    answer = client.get("/healthz")
    words = "There is no database of this name." if db.engine.dialect.name == "sqlite" else AWAY
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "reason": words})
    assert answer.headers["Retry-After"] == "5"


@pytest.fixture
def patient(migrated_url: str) -> Iterator[tuple[Flask, Proxy]]:
    """An application that waits for statements for an hour."""
    with proxied_app(migrated_url, **PATIENT) as (app, proxy):
        yield app, proxy


@on_servers
def test_a_database_that_is_frozen(patient: tuple[Flask, Proxy]) -> None:
    app, proxy = patient
    add_administrator("susan", "administrator")
    browser = app.test_client()
    sign_in(browser, "susan")
    assert browser.get("/healthz").status_code == 200
    proxy.freeze()
    answer = found(browser, 503)
    assert answer.json == {"status": "unavailable", "reason": AWAY}
    assert found(browser, 503)
    proxy.thaw()
    assert found(browser, 200)


@on_servers
def test_a_connection_that_is_dead_is_not_taken_for_the_database(
    patient: tuple[Flask, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, proxy = patient
    monkeypatch.setattr(health_check, "PATIENCE_SECONDS", 60)
    browser = app.test_client()
    assert browser.get("/healthz").status_code == 200
    proxy.strand()
    assert found(browser, 200)


def found(browser: FlaskClient, status: int) -> TestResponse:
    """The first answer of this status, where what was found out before counts for a moment."""
    for _ in range(200):
        answer = ended(lambda: browser.get("/healthz"))
        if answer.status_code == status:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"it never answers {status}")


@on_servers
def test_however_many_ask_it_is_found_out_once(patient: tuple[Flask, Proxy]) -> None:
    app, proxy = patient
    with socket.create_server((HOST, 0)) as mute, ThreadPoolExecutor(16) as threads:
        mute.setblocking(False)
        proxy.lead_to(mute.getsockname()[1])
        statuses = threads.map(lambda _: app.test_client().get("/healthz").status_code, range(16))
        assert set(statuses) == {503}
        assert connected_to(mute) == 1


@on_servers
def test_it_is_asked_with_a_connection_of_its_own(patient: tuple[Flask, Proxy]) -> None:
    app, _proxy = patient
    taken: list[object] = []
    event.listen(db.engine, "checkout", lambda *those: taken.append(those))
    assert app.test_client().get("/healthz").status_code == 200
    assert taken == []


@on_servers
def test_all_threads_wait_for_a_frozen_database(patient: tuple[Flask, Proxy]) -> None:
    app, proxy = patient
    add_administrator("susan", "administrator")
    browser = app.test_client()
    sign_in(browser, "susan")
    cookie = browser.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
    url = db.engine.url.render_as_string(hide_password=False)
    with served(DATABASE_URL=url, WEB_THREADS="1", **PATIENT) as server:
        signed_in = f"Host: localhost\r\nCookie: {cookie.key}={cookie.value}\r\n\r\n" if cookie else ""
        assert answered(server.client().send(f"GET /admin/post/ HTTP/1.1\r\n{signed_in}"))[0] == 200
        proxy.freeze()
        pages = [server.client().send(f"GET /admin/post/ HTTP/1.1\r\n{signed_in}") for _ in range(3)]
        checks = [server.client().send(f"GET /healthz HTTP/1.1\r\n{signed_in}") for _ in range(3)]
        for status, _headers, body in map(answered, checks):
            assert status == 503
            assert AWAY in body
        assert not any(page.has_answer() for page in pages)
        proxy.thaw()
        assert [answered(page)[0] for page in pages] == [200] * 3
