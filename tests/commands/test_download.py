"""A file on its way from the server of production: whole, or visibly broken, and nothing stays behind."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import IncompleteRead
from urllib.error import HTTPError
from urllib.request import OpenerDirector, Request

import pytest
from sqlalchemy import text, update

from backoffice.extensions import db
from backoffice.models import Administrator, User
from backoffice.transfer.stream import ASK_SECONDS
from tests.commands.served import Server, answered, served
from tests.commands.test_run import signed_in
from tests.conftest import PASSWORD
from tests.waiting import SECONDS, waited_for

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)]
# More than fits between the server and here.
POSTS = """INSERT INTO post (id, body, timestamp)
           WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 150000)
           SELECT n, printf('%.140c', 'x'), '2026-03-01 12:00:00.000000' FROM numbers"""


ServedWith = Callable[[int], tuple[Server, str, OpenerDirector]]
# How long the server waits for somebody who does not take what they asked for.
PATIENCE = 2


@pytest.fixture
def server(migrated_url: str, susan: User) -> Iterator[Server]:
    """A server with four threads, and 150,000 posts and susan."""
    db.session.execute(text(POSTS))
    db.session.commit()
    with served(DATABASE_URL=migrated_url, WEB_THREADS="4", CLIENT_SECONDS=str(PATIENCE)) as server:
        yield server


@pytest.fixture
def url(server: Server) -> str:
    """Where it serves."""
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture
def browser(url: str) -> OpenerDirector:
    """A browser in which susan is signed in."""
    return signed_in(url, "susan", PASSWORD, "/admin/")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_failure_on_the_way_breaks_the_transfer(url: str, browser: OpenerDirector, kind: str) -> None:
    address = f"{url}/admin/post/export/{kind}/?sort=id"
    with browser.open(address, timeout=SECONDS) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.read().count(b"\n") == 150_000 + (kind == "csv")
    # More than fits on the way: the server has to wait until it is taken.
    db.session.execute(text("UPDATE post SET body = body || :more"), {"more": "x" * 300})
    db.session.commit()
    with browser.open(address, timeout=SECONDS) as answer:
        answer.read(100_000)
        db.session.execute(update(Administrator).values(role="viewer"))
        db.session.commit()
        time.sleep(ASK_SECONDS)
        with pytest.raises(IncompleteRead) as broken:
            answer.read()
    assert broken.value.partial.count(b"\n") < 150_000


def test_who_goes_away_leaves_nothing_open(url: str, browser: OpenerDirector) -> None:
    with browser.open(f"{url}/admin/post/export/csv/?sort=id", timeout=SECONDS) as answer:
        answer.read(100_000)
        db.session.execute(text("DELETE FROM post WHERE id = 1"))
        db.session.commit()
        assert is_read()
    waited_for(lambda: not is_read())


def test_who_stops_taking_it_is_let_go(url: str, browser: OpenerDirector) -> None:
    with browser.open(f"{url}/admin/post/export/csv/?sort=id", timeout=SECONDS) as answer:
        answer.read(100_000)
        db.session.execute(text("DELETE FROM post WHERE id = 1"))
        db.session.commit()
        assert is_read()
        waited_for(lambda: not is_read())
        with pytest.raises(IncompleteRead):
            answer.read()


def test_who_takes_it_slowly_gets_it(url: str, browser: OpenerDirector) -> None:
    began, size = time.monotonic(), 0
    with browser.open(f"{url}/admin/post/export/csv/?sort=id", timeout=SECONDS) as answer:
        while piece := answer.read(2_500_000):
            size += len(piece)
            time.sleep(PATIENCE / 4)
    assert size > 25_000_000
    assert time.monotonic() - began > 2 * PATIENCE


def test_asking_for_the_head_of_a_file_makes_none(url: str, browser: OpenerDirector) -> None:
    for _ in range(5):
        with browser.open(Request(f"{url}/admin/post/export/csv/", method="HEAD"), timeout=SECONDS) as answer:
            assert answer.headers["Content-Disposition"].startswith("attachment; ")
            assert answer.read() == b""
    assert not is_read()


@pytest.fixture
def served_with(migrated_url: str, susan: User) -> Iterator[ServedWith]:
    """Serve, with so many threads and 150,000 posts, and sign in as susan."""
    db.session.execute(text(POSTS))
    db.session.commit()
    with ExitStack() as stack:

        def serve(threads: int) -> tuple[Server, str, OpenerDirector]:
            server = stack.enter_context(served(DATABASE_URL=migrated_url, WEB_THREADS=str(threads)))
            url = f"http://127.0.0.1:{server.port}"
            return server, url, signed_in(url, "susan", PASSWORD, "/admin/")

        yield serve


def test_downloads_leave_half_of_the_threads_to_the_pages(served_with: ServedWith) -> None:
    _, url, browser = served_with(4)
    address = f"{url}/admin/post/export/csv/"
    with browser.open(address, timeout=SECONDS), browser.open(address, timeout=SECONDS):
        with pytest.raises(HTTPError, match="503") as refused:
            browser.open(address, timeout=SECONDS)
        with refused.value as answer:
            assert answer.headers["Retry-After"]
            assert "Many files are being downloaded right now." in answer.read().decode()
        browser.open(f"{url}/admin/post/", timeout=SECONDS).close()
    waited_for(lambda: not is_read())
    browser.open(address, timeout=SECONDS).close()


def test_all_threads_at_work_do_not_keep_the_health_check_waiting(served_with: ServedWith) -> None:
    server, url, browser = served_with(1)
    waiting = server.client()
    with browser.open(f"{url}/admin/post/export/csv/", timeout=SECONDS):
        waiting.send("GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(3):
            assert server.page("/healthz").endswith('{"status":"ok"}\n')
        assert not waiting.has_answer()
    assert answered(waiting)[0] == 200


def is_read() -> bool:
    """Whether somebody reads the posts as they were: SQLite keeps its log for them."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one())
