"""The headers of every answer: pages, errors, files and static files."""

from pathlib import Path

import pytest
from flask import Flask, Response, abort, send_file
from werkzeug.test import TestResponse

from backoffice.console.http import assets, headers

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ANSWERS = {"/page": 200, "/file": 200, "/stream": 200, "/forbidden": 403, "/broken": 500, "/missing": 404}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("backoffice", static_folder=None)
    assets.init_app(app)
    headers.init_app(app)
    report = tmp_path / "report.csv"
    report.write_text("a,b\n")
    app.add_url_rule("/page", "page", lambda: "page")
    app.add_url_rule("/file", "file", lambda: send_file(report, as_attachment=True))
    app.add_url_rule("/stream", "stream", lambda: Response(iter(("a", "b")), mimetype="text/csv"))
    app.add_url_rule("/forbidden", "forbidden", lambda: abort(403))
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)  # type: ignore[arg-type]
    app.add_url_rule("/static-address", "static_address", lambda: assets.asset("console.css"))
    return app


def directives(response: TestResponse) -> dict[str, list[str]]:
    policy = response.headers["Content-Security-Policy"]
    parts = (directive.split() for directive in policy.split(";"))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize(("path", "status"), ANSWERS.items())
def test_every_answer_carries_them(app: Flask, path: str, status: int) -> None:
    with app.test_client().get(path) as answer:
        assert answer.status_code == status
        assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED
        assert answer.headers.getlist("Content-Security-Policy") == [headers.CONTENT_SECURITY_POLICY]
        assert "camera=()" in answer.headers["Permissions-Policy"]


def test_static_files_carry_them_too(app: Flask) -> None:
    client = app.test_client()
    answer = client.get(client.get("/static-address").text)
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "POST"])
def test_other_methods_carry_them_too(app: Flask, method: str) -> None:
    answer = app.test_client().open("/page", method=method)
    assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED


def test_the_policy_allows_ourselves_and_nothing_else(app: Flask) -> None:
    policy = directives(app.test_client().get("/page"))
    assert (
        policy["object-src"]
        == policy["default-src"]
        == policy["frame-ancestors"]
        == policy["base-uri"]
        == ["'none'"]
    )
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["form-action"] == policy["font-src"] == policy["manifest-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert "unsafe" not in headers.CONTENT_SECURITY_POLICY


def test_pages_are_kept_nowhere(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/page").headers["Cache-Control"] == "no-store"
    assert client.get("/broken").headers["Cache-Control"] == "no-store"


def test_what_an_answer_says_about_caching_is_kept(app: Flask) -> None:
    client = app.test_client()
    answer = client.get(client.get("/static-address").text)
    assert answer.headers["Cache-Control"] == assets.CACHED_FOR_GOOD


@pytest.mark.parametrize(("base_url", "expected"), [("http://localhost", False), ("https://localhost", True)])
def test_encryption_is_insisted_on_where_it_is_there(app: Flask, base_url: str, expected: bool) -> None:
    answer = app.test_client().get("/page", base_url=base_url)
    assert ("Strict-Transport-Security" in answer.headers) is expected


def test_what_a_page_may_ask_of_the_browser(app: Flask) -> None:
    policy = app.test_client().get("/page").headers["Permissions-Policy"]
    allowed = dict(feature.split("=") for feature in policy.split(", "))
    assert {feature for feature, who in allowed.items() if who == "(self)"} == {
        "publickey-credentials-create",
        "publickey-credentials-get",
    }
    assert set(allowed.values()) == {"()", "(self)"}


def test_encryption_is_insisted_on_wherever_cookies_are_for_it_alone(app: Flask) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    policy = app.test_client().get("/page").headers["Strict-Transport-Security"]
    assert int(policy.partition("=")[2].partition(";")[0]) >= 365 * 24 * 60 * 60
    assert "includeSubDomains" in policy
