"""`manage.py run`: from a fresh copy to a page, stopped together, and nothing begun on a taken port."""

import json
import re
import signal
import socket
import subprocess
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from flask import Flask

from backoffice.commands.listening import listen
from backoffice.exceptions import Conflict
from tests import processes
from tests.browsing import TOKEN
from tests.commands.conftest import Command, Start
from tests.commands.servers import free_port
from tests.waiting import SECONDS

NEW = "a new password, long enough"


@pytest.fixture
def port() -> str:
    return str(free_port())


@pytest.mark.slow
def test_a_fresh_copy_is_prepared_served_and_kept(start: Start, port: str) -> None:
    first = start("run", "--prepare", PORT=port, WEB_PROCESSES="1")
    said = said_until_served(first)
    username, password = (shown(name, said) for name in ("Username", "Password"))
    assert f"http://localhost:{port}/admin/" in said
    browser = signed_in(f"http://127.0.0.1:{port}", username, password, "/admin/account/")
    change_password(browser, f"http://127.0.0.1:{port}/admin/account/", password)
    assert "admin@example.com" in read(browser, f"http://127.0.0.1:{port}/admin/user/")
    assert stop(first, children=2) == ["sign-in:succeeded", "password:changed"]

    second = start("run", "--prepare", "--no-worker", PORT=port, WEB_PROCESSES="1", SCRIPT_NAME="/ops")
    assert said_until_served(second) == start_message(f"http://localhost:{port}/ops/admin/")
    browser = signed_in(f"http://localhost:{port}/ops", username, NEW, "/admin/")
    for path in ("/healthz", "/ops/healthz"):
        assert "ok" in read(browser, f"http://localhost:{port}{path}")
    assert stop(second, children=1) == ["sign-in:succeeded"]


def start_message(url: str) -> str:
    return f"Backoffice is on {url} - sign in there. Ctrl-C stops it.\n"


def said_until_served(command: Command) -> str:
    """What it has printed by the time it says where the console is."""
    assert command.stdout is not None
    said = ""
    for line in command.stdout:
        said += line
        if line.startswith("Backoffice is on "):
            return said
    raise AssertionError(said)


def shown(name: str, said: str) -> str:
    found = re.search(rf"^{name}: (\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def signed_in(url: str, username: str, password: str, first: str) -> OpenerDirector:
    """A browser that has signed in and stands before this page of the console."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    form = {"username": username, "password": password}
    assert send(browser, f"{url}/login", form) == f"{url}{first}"
    return browser


def change_password(browser: OpenerDirector, url: str, password: str) -> None:
    """Choose another than the one that was made up, without which nothing else opens."""
    form = {"current_password": password, "new_password": NEW, "new_password_again": NEW}
    assert send(browser, url, form).endswith("/admin/")


def send(browser: OpenerDirector, url: str, form: dict[str, str]) -> str:
    """Send the form of a page; gives the address that it leads to."""
    token = TOKEN.search(read(browser, url))
    assert token
    data = urlencode({"csrf_token": token[1], **form}).encode()
    with browser.open(url, data, timeout=SECONDS) as answer:
        return str(answer.url)


def read(browser: OpenerDirector, url: str) -> str:
    with browser.open(url, timeout=SECONDS) as answer:
        return str(answer.read().decode())


def stop(command: Command, *, children: int) -> list[str]:
    """Stop it as Docker and systemd do; it ends well and leaves nobody behind.

    Gives the events of the security log, beside which it has said nothing more.
    """
    started = children_of(command.pid)
    assert len(started) == children
    command.send_signal(signal.SIGTERM)
    said = command.communicate(timeout=SECONDS)[0]
    assert command.returncode == 0
    assert not any(Path(f"/proc/{child}").exists() for child in started)
    return [json.loads(line)["kind"] for line in said.splitlines()]


def children_of(pid: int) -> list[str]:
    return subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()


def test_a_port_that_is_taken_is_said_before_anything_is_begun(tmp_path: Path) -> None:
    database = tmp_path / "app.db"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = processes.Command("run", "--prepare", PORT=str(port), DATABASE_URL=f"sqlite:///{database}")
        assert command.end() == f"Error: Port {port} is taken. Choose another one with PORT.\n"
    assert command.process.exitcode == 1
    assert not database.exists()


def test_a_host_that_is_not_here_is_said(bare_app: Flask) -> None:
    said = r"^HOST: cannot listen on 192\.0\.2\.1: Cannot assign requested address\.$"
    with bare_app.app_context(), pytest.raises(Conflict, match=said):
        listen("192.0.2.1", 0)
