"""A file on its way from the server of production: whole, or visibly broken, and nothing stays behind."""

import time
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path
from urllib.request import OpenerDirector

import pytest
from sqlalchemy import text

from backoffice.extensions import db
from backoffice.models import User
from tests.commands.servers import SECONDS, Group, connected, free_port, serve
from tests.commands.test_run import signed_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
# More than fits between the server and here, in rows that are longer than any post.
ROWS = 8_000
POSTS = f"""INSERT INTO post (id, body, timestamp)
           WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS})
           SELECT n, printf('%.2000c', 'x'), '2026-03-01 12:00:00.000000' FROM numbers"""


@pytest.fixture
def url(migrated_url: str, susan: User, tmp_path: Path) -> Iterator[str]:
    """Where the console is served, with many posts and susan."""
    db.session.execute(text(POSTS))
    db.session.commit()
    port = free_port()
    queue = str(tmp_path / "queue.db")
    server = Group(serve, {"PORT": str(port), "DATABASE_URL": migrated_url, "TEST_QUEUE_FILE": queue})
    connected(port).close()
    yield f"http://127.0.0.1:{port}"
    server.kill()


@pytest.fixture
def browser(url: str) -> OpenerDirector:
    """A browser in which susan is signed in."""
    return signed_in(url, "susan", PASSWORD, "/admin/")


def test_a_failure_on_the_way_breaks_the_transfer(url: str, browser: OpenerDirector) -> None:
    addresses = [f"{url}/admin/post/export/{kind}/?sort=id" for kind in ("csv", "jsonl")]
    for address, head in zip(addresses, (1, 0), strict=True):
        with browser.open(address, timeout=SECONDS) as answer:
            assert answer.headers["Transfer-Encoding"] == "chunked"
            assert answer.read().count(b"\n") == ROWS + head
    db.session.execute(text("UPDATE post SET timestamp = 'broken' WHERE id = :last"), {"last": ROWS - 1})
    db.session.commit()
    for address in addresses:
        with browser.open(address, timeout=SECONDS) as answer, pytest.raises(IncompleteRead) as broken:
            answer.read()
        assert broken.value.partial.count(b"\n") > ROWS * 2 / 3


def test_who_goes_away_leaves_nothing_open(url: str, browser: OpenerDirector) -> None:
    with browser.open(f"{url}/admin/post/export/csv/?sort=id", timeout=SECONDS) as answer:
        answer.read(100_000)
        db.session.execute(text("DELETE FROM post WHERE id = 1"))
        db.session.commit()
        assert is_read()
    deadline = time.monotonic() + SECONDS
    while is_read() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_read()


def is_read() -> bool:
    """Whether somebody reads the posts as they were: SQLite keeps its log for them."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one())
