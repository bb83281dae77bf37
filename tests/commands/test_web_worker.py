"""The server of production: what it answers by itself, and that the debugger never stands behind it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import QueuePool, text

from backoffice import create_app
from backoffice.console.http.headers import ENCRYPTION, HEADERS
from backoffice.extensions import db
from tests.commands.servers import SECONDS, Group, connected, free_port, serve
from tests.conftest import settings
from tests.processes import Command

PRODUCTION = {
    "BACKOFFICE_ENV": "production",
    "SECRET_KEY": "0123456789abcdef0123456789abcdefXYZ",
    "BCRYPT_LOG_ROUNDS": "10",
}
HEAD = "GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where it is served, before a database without tables."""
    port = free_port()
    files = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bare.db'}",
        "TEST_QUEUE_FILE": str(tmp_path / "queue.db"),
    }
    server = Group(serve, {**PRODUCTION, **files, "PORT": str(port)})
    connected(port).close()
    yield port
    server.kill()


def answer(port: int, sent: str) -> str:
    """Everything that comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(sent.encode("latin1"))
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


def test_every_answer_is_plain_and_carries_the_headers(port: int) -> None:
    for sent, status, words in (
        (f"{HEAD}\r\n", 200, "Sign in"),
        ("GET /healthz HTTP/1.0\r\n\r\n", 200, "ok"),
        (HEAD.replace("localhost", "evil.example") + "\r\n", 400, "TRUSTED_HOSTS"),
        (f"{HEAD}Host: evil.example\r\n\r\n", 400, "could not be read"),
        (HEAD.replace("login", "a" * 8_050) + "\r\n", 414, "take some of the filters away"),
        (HEAD.replace("login", "a" * 9_000) + "\r\n", 414, "too long"),
        (f"{HEAD}Cookie: {'a' * 9_000}\r\n\r\n", 431, "Most likely these are cookies"),
        (f"{HEAD}Cookie: {'a' * 17_000}\r\n\r\n", 431, "Please delete cookies"),
        (HEAD + "".join(f"A-{n}: b\r\n" for n in range(105)) + "\r\n", 431, "Most likely these are cookies"),
        (HEAD + "A: b\r\n" * 200 + "\r\n", 431, "Please delete cookies"),
        (f"{HEAD}<b>: c\r\n\r\n", 400, "could not be read"),
        ("\x16\x03\x01\r\n\r\n", 400, "could not be read"),
        (HEAD.replace("GET", "TRACE") + "\r\n", 405, "opens pages"),
        (HEAD.replace("/login", "/console") + "\r\n", 404, "There is nothing here"),
        (HEAD.replace("login", "?__debugger__=yes&cmd=resource&f=debugger.js") + "\r\n", 302, "/admin/"),
    ):
        head, _, body = answer(port, sent).partition("\r\n\r\n")
        assert head.split(" ", 2)[1] == str(status), head
        assert words in body, sent[:80]
        assert "&lt;b" not in body
        for name, value in {**HEADERS, **ENCRYPTION, "Cache-Control": "no-store"}.items():
            assert head.count(f"{name}: {value}") == 1, f"{name}: {sent[:80]}"


@pytest.mark.every_database
def test_an_application_holds_no_connection_and_no_thread_before_it_is_forked(database_url: str) -> None:
    before = threading.active_count()
    app = create_app(settings(database_url))
    with app.app_context():
        pool = cast(QueuePool, db.engine.pool)
        assert (pool.checkedin(), pool.checkedout(), threading.active_count()) == (0, 0, before)
        db.session.execute(text("SELECT 1"))
        assert pool.checkedout() == 1
        db.session.remove()
        db.engine.dispose()


def test_the_server_that_has_a_debugger_does_not_start_in_production() -> None:
    command = Command("run", "--debugger", "--port", "0", program="flask", **PRODUCTION)
    assert command.end() == "BACKOFFICE_ENV: production is served by manage.py run, not by flask run.\n"
    assert command.process.exitcode == 1
