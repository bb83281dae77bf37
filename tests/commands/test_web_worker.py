"""The server of production: what it answers by itself, and that the debugger never stands behind it."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import pytest
from gunicorn.config import Config
from sqlalchemy import QueuePool, text

from backoffice import create_app
from backoffice.commands.web_worker import WebWorker
from backoffice.console.http.headers import ENCRYPTION, HEADERS
from backoffice.extensions import db
from backoffice.models import User
from tests.browsing import TOKEN
from tests.commands.conftest import Start
from tests.commands.served import Server, answered, served
from tests.commands.servers import free_port
from tests.commands.test_run import said_until_served
from tests.conftest import PASSWORD, settings
from tests.waiting import SECONDS

PRODUCTION = {
    "BACKOFFICE_ENV": "production",
    "SECRET_KEY": "0123456789abcdef0123456789abcdefXYZ",
    "WEB_PROCESSES": "1",
    "BCRYPT_LOG_ROUNDS": "10",
}
HEAD = "GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.fixture
def port(start: Start) -> Iterator[int]:
    """Where it is served, before a database without tables."""
    port = free_port()
    server = start("run", "--no-worker", PORT=str(port), **PRODUCTION)
    said_until_served(server)
    yield port
    server.terminate()
    server.wait(SECONDS)


def answer(port: int, sent: str) -> str:
    """Everything that comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(sent.encode("latin1"))
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


@pytest.mark.slow
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


FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
POST = f"POST /login HTTP/1.1\r\nHost: localhost\r\n{FORM}"
TOO_MUCH = "Content-Length: 3000000\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server without a database."""
    with served(CLIENT_SECONDS="300") as server:
        yield server


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"{POST}{TOO_MUCH}", 413),
        (f"{POST}{TOO_MUCH}Expect: 100-continue\r\n", 413),
        (f"{POST}Content-Length: 9\r\n".replace("login", "a" * 8_050), 414),
        (f"{POST}Content-Length: 9\r\nCookie: {'a' * 9_000}\r\n", 431),
        (f"{POST}Content-Length: 9\r\n".replace("localhost", "evil.example"), 400),
        (f"{POST}Content-Length: 9\r\nOrigin: http://evil.example\r\n", 403),
        (f"{POST}Content-Length: 9\r\n".replace("POST", "PUT"), 405),
        (f"{POST}Transfer-Encoding: chunked\r\n".replace("POST", "PUT"), 405),
        (f"{POST}Content-Length: 9\r\n".replace(FORM, "Content-Type: text/xml\r\n"), 415),
    ],
)
def test_what_the_head_gives_away_is_refused_before_the_body_is_taken(
    server: Server, head: str, status: int
) -> None:
    with server.client() as client:
        answer = client.send(f"{head}\r\n").rest()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert f"Error {status}" in answer
    assert "Connection: close" in answer


@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_too_much_reads_so_after_sending_it(server: Server, chunked: bool) -> None:
    """As browsers do: and it is more than fits on the way."""
    size = 30_000_000
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    with server.client() as client:
        client.send(f"{POST}{length}\r\n\r\n")
        client.send(f"{size:x}\r\n" if chunked else "")
        for _ in range(30):
            client.send(b"a" * (size // 30))
        client.send("\r\n0\r\n\r\n" if chunked else "")
        answer = client.rest()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "</html>" in answer


def test_who_asks_first_is_told_to_go_on(server: Server) -> None:
    with server.client() as client:
        client.send(f"{POST}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n")
        assert client.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n"
        assert answered(client.send("username="))[0] == 400


def test_several_requests_at_once_are_answered_in_turn(server: Server) -> None:
    asked = "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    form = f"{POST}Content-Length: 9\r\n\r\nusername="
    with server.client() as client:
        client.send(asked.format("login") + form + asked.format("nothing") + asked.format("login"))
        assert [answered(client)[0] for _ in range(4)] == [200, 400, 404, 200]


def test_the_head_alone_has_no_body(server: Server) -> None:
    with server.client() as client:
        client.send("HEAD /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.until("\r\n\r\n").startswith("HTTP/1.1 200")
        client.send("GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answered(client)[0] == 200  # nothing stands between the two


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_form_in_chunks_is_a_form(migrated_url: str, susan: User) -> None:
    asked = "{} /login HTTP/1.1\r\nHost: localhost\r\n"
    with served(DATABASE_URL=migrated_url) as server, server.client() as client:
        _status, head, page = answered(client.send(asked.format("GET") + "\r\n"))
        token = TOKEN.search(page)
        assert token
        cookie = head.partition("Set-Cookie: ")[2].partition(";")[0]
        form = urlencode({"csrf_token": token[1], "username": susan.username, "password": PASSWORD})
        chunks = "".join(f"{len(piece):x}\r\n{piece}\r\n" for piece in (form[:50], form[50:], ""))
        client.send(f"{asked.format('POST')}{FORM}Cookie: {cookie}\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert answered(client.send(chunks))[0] == 303


def test_https_is_for_somebody_else_to_speak(tmp_path: Path) -> None:
    certificate = tmp_path / "certificate"
    certificate.touch()
    cfg = Config()
    WebWorker.check_config(cfg, None)
    cfg.set("certfile", str(certificate))
    with pytest.raises(SystemExit, match=r"^certfile: HTTPS is for the proxy in front"):
        WebWorker.check_config(cfg, None)


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


@pytest.mark.slow
def test_the_server_that_has_a_debugger_does_not_start_in_production(copy: Path) -> None:
    command = (sys.executable, "-m", "flask", "--app", "manage", "run", "--debugger", "--port", "0")
    ended = subprocess.run(
        command, cwd=copy, env=os.environ | PRODUCTION, capture_output=True, text=True, timeout=SECONDS
    )
    assert ended.stderr == "BACKOFFICE_ENV: production is served by manage.py run, not by flask run.\n"
    assert (ended.stdout, ended.returncode) == ("", 1)
