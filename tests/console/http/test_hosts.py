"""The names that the console answers to."""

from pathlib import Path

import pytest
from flask import Flask

from backoffice import create_app
from tests.conftest import settings


def app_of(folder: Path, **environ: str) -> Flask:
    """An application with these settings, whose database has no tables."""
    return create_app(settings(f"sqlite:///{folder / 'none.db'}", **environ))


def answers(app: Flask, host: str, address: str = "/login") -> int:
    return app.test_client().get(address, headers={"Host": host}).status_code


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:5000", "LocalHost", "127.0.0.1:5000", "[::1]", "[::1]:5000"]
)
def test_it_answers_on_its_own_machine(bare_app: Flask, host: str) -> None:
    assert answers(bare_app, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "localhost:5000@evil.example",
        "localhost,evil.example",
        "localhost evil.example",
        "localhost:port",
        "localhost/",
        "[::2]",
        "[::1",
        "::1",
        "127.0.0.2",
        "",
    ],
)
def test_it_answers_to_no_other_name(bare_app: Flask, host: str) -> None:
    answer = bare_app.test_client().get("/admin/user", headers={"Host": host})
    assert answer.status_code == 400
    assert "TRUSTED_HOSTS" in answer.text
    assert "Error 400" in answer.text
    assert "evil" not in answer.text
    assert "Location" not in answer.headers


def test_names_are_a_setting(tmp_path: Path) -> None:
    app = app_of(tmp_path, TRUSTED_HOSTS="Console.example.com, .example.org, 2001:db8::1", HOST="0.0.0.0")
    for host in ("console.example.com", "console.example.com:8443", "a.example.org", "[2001:db8::1]:5000"):
        assert answers(app, host) == 200, host
    for host in ("localhost", "example.com", "example.org", "aexample.org", "x.console.example.com"):
        assert answers(app, host) == 400, host


def test_who_serves_on_every_address_in_development_is_called_by_any_name(tmp_path: Path) -> None:
    app = app_of(tmp_path, HOST="0.0.0.0")
    assert answers(app, "192.0.2.7:5000") == answers(app, "laptop.local") == 200
    assert answers(app, "a b") == 400


def test_what_says_nothing_is_there_under_any_name(bare_app: Flask) -> None:
    assert answers(bare_app, "10.0.0.7:5000", "/healthz") == 200
    with bare_app.test_request_context():
        stylesheet = bare_app.jinja_env.globals["asset"]("console.css")  # type: ignore[operator]
    assert answers(bare_app, "10.0.0.7:5000", stylesheet) == 200


def test_a_name_that_the_proxy_passes_on_is_asked_the_same(tmp_path: Path) -> None:
    app = app_of(tmp_path, TRUSTED_PROXIES="1", TRUSTED_HOSTS="console.example.com")
    client = app.test_client()
    for host, status in (("console.example.com", 200), ("evil.example", 400)):
        assert client.get("/login", headers={"X-Forwarded-Host": host}).status_code == status
