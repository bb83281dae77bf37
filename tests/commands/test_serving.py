"""Two servers and two workers on one database, asked in turns, one of each killed in the middle of its work.

Nothing of what a person does may depend on which of them answers: no request is sent twice to the same server
as long as there are two.
"""

import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Table, insert, select, update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Operation, Post, User
from tests.browsing import TOKEN
from tests.commands.servers import Group, free_port, serve, work
from tests.conftest import PASSWORD
from tests.databases import REDIS_URL, missing
from tests.managing import rows_of
from tests.waiting import SECONDS, waited_for

pytestmark = pytest.mark.every_database

# More than a few chunks of a worker.
ROWS = 4_000
POSTS = cast(Table, Post.__table__)
# What SQLite has in place of a lock on one row: deleting the last post takes longer than anybody waits.
ENDLESS = """
    CREATE TRIGGER endless BEFORE DELETE ON post WHEN OLD.id = {} BEGIN
        SELECT count(*) FROM (
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 1000000000)
            SELECT n FROM numbers);
    END"""
STATE = re.compile(r'name="_form_state" value="([^"]+)"')
on_both = pytest.mark.parametrize("migrated_url", ["sqlite", "postgresql"], indirect=True)


# The servers and the workers


@pytest.fixture
def environ(app: Flask, tmp_path: Path) -> dict[str, str]:
    """What the servers and the workers share: the database, the key and the queue."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    return {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "REDIS_URL": "" if url.get_backend_name() == "sqlite" else running_redis(),
        "TEST_QUEUE_FILE": str(tmp_path / "queue.db"),
        "BACKGROUND_ROWS": "100",
    }


def running_redis() -> str:
    try:
        Redis.from_url(REDIS_URL).ping()
    except RedisError:
        missing("redis")
    return REDIS_URL


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Callable[..., Group]]:
    """Start a server, at a port, or a worker; they are killed at the end."""
    started: list[Group] = []

    def start(be: Callable[[dict[str, str]], None], **more: str) -> Group:
        started.append(Group(be, {**environ, **more}))
        return started[-1]

    yield start
    for group in started:
        group.kill()


# Whoever sits in front of them


class Unfollowed(HTTPRedirectHandler):
    """A redirect is an answer, too: where it leads is asked of the next server."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """A browser behind a balancer that knows nothing of sessions: each request goes to the next server."""

    def __init__(self, ports: list[int]) -> None:
        self._ports, self._turn = ports, count()
        # Cookies know no ports.
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), Unfollowed())

    def open(self, path: str, form: dict[str, str] | None = None) -> str:
        """The page at an address, or at the one that it leads to."""
        answer = self._answer(path, form)
        with answer:
            where = answer.headers["Location"]
            assert answer.status in (200, 204, 302, 303), answer.read().decode()
            self.address = path
            return self.open(where) if where else answer.read().decode()

    def _answer(self, path: str, form: dict[str, str] | None) -> Any:
        """What the next server answers, or the one after it where that one is gone."""
        for _port in self._ports:
            url = f"http://127.0.0.1:{self._ports[next(self._turn) % len(self._ports)]}"
            data = None if form is None else urlencode(form).encode()
            try:
                return self._opener.open(Request(url + path, data, {"Origin": url}), timeout=SECONDS)
            except HTTPError as answer:
                return answer
            except (URLError, ConnectionError):
                continue
        raise AssertionError("there is no server")

    def send(self, path: str, to: str | None = None, **fields: str) -> str:
        """Open a page and send its form, to another address if one is given; gives the page after it."""
        return self.open(to or path, {**hidden(self.open(path)), **fields})


def hidden(page: str) -> dict[str, str]:
    """What a form brings along."""
    token, state = TOKEN.search(page), STATE.search(page)
    assert token, page
    return {"csrf_token": token[1]} | ({"_form_state": state[1]} if state else {})


# What happens


@pytest.mark.slow
@on_both
def test_nobody_is_signed_out_and_no_work_is_lost(
    app: Flask, susan: User, environ: dict[str, str], start: Callable[..., Group]
) -> None:
    before = filled()
    ports = [free_port(), free_port()]
    servers = [start(serve, PORT=str(port)) for port in ports]
    dying, other = start(work), start(work)
    browser = Browser(ports)
    waited_for(lambda: all(map(is_up, ports)))
    browser.send("/login", username="susan", password=PASSWORD)
    form = hidden(browser.open("/admin/post/edit/?id=1"))
    browser.open("/admin/post/draft/?id=1", {**form, "body": "half a sent"})
    assert "half a sent" in browser.open("/admin/post/edit/?id=1")

    browser.open(choose_all(browser))
    other.send(signal.SIGSTOP)  # so that it is known whose work it is
    with held_up():
        deletion = begun(browser)
        waited_for(lambda: operation(deletion).changed_rows)
        dying.kill()
        servers[0].kill()
    assert 0 < operation(deletion).changed_rows < ROWS
    end_lease(deletion)
    other.send(signal.SIGCONT)

    is_over(browser, deletion)
    assert operation(deletion).changed_rows == ROWS
    assert rows_of(POSTS) == {"post": []}
    browser.send(f"/admin/history/undo/?id={deletion}", previewed="1")
    is_over(browser, operation_of(browser))
    assert rows_of(POSTS) == before
    browser.open("/admin/post/edit/?id=1", {**form, "body": "half a sentence"})
    assert rows_of(POSTS)["post"][0][1] == "half a sentence"


def filled() -> dict[str, list[tuple[object, ...]]]:
    """The posts that are there from now on."""
    rows = [{"id": n, "body": f"post {n}", "timestamp": datetime(2024, 5, 31)} for n in range(1, ROWS + 1)]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    return rows_of(POSTS)


def is_up(port: int) -> bool:
    try:
        Browser([port]).open("/healthz")
    except AssertionError:
        return False
    return True


def choose_all(browser: Browser) -> str:
    """Press the button that deletes all; gives the page that asks, once a worker has read which they are."""
    browser.send("/admin/post/", "/admin/post/action/", action="delete", matching="all")
    waited_for(lambda: f"Type {ROWS:,} to confirm" in browser.open(browser.address))
    return browser.address


def begun(browser: Browser) -> int:
    browser.send(browser.address, typed=str(ROWS))
    return operation_of(browser)


def operation_of(browser: Browser) -> int:
    """The number of the operation whose page the browser shows."""
    found = re.fullmatch(r"/admin/history/details/\?id=(\d+)", browser.address)
    assert found, browser.address
    return int(found[1])


@contextmanager
def held_up() -> Iterator[None]:
    """Nobody comes to the end of deleting all posts meanwhile."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(ENDLESS.format(ROWS))
            connection.commit()
        else:
            connection.execute(select(Post.id).where(Post.id == ROWS).with_for_update())
        yield
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER endless")
            connection.commit()


def operation(number: int) -> Operation:
    """An operation as it is now."""
    db.session.rollback()
    return db.session.get_one(Operation, number, populate_existing=True)


def end_lease(number: int) -> None:
    """Nobody waits half a minute here until the lease of the dead one has run out."""
    late = utcnow() - timedelta(seconds=1)
    db.session.execute(update(Operation).where(Operation.id == number).values(lease_until=late))
    db.session.commit()


def is_over(browser: Browser, number: int) -> None:
    """Wait for the end of an operation, as its page does."""
    progress = f"/admin/history/progress/?id={number}"
    waited_for(lambda: json.loads(browser.open(progress))["is_finished"])
