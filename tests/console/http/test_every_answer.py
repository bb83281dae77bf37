"""Every kind of answer that the console gives carries its headers, and no more than it has to."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backoffice.console.http.headers import HEADERS
from backoffice.console.records.view import RecordView
from tests.browsing import submit

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

ELSEWHERE = {"Origin": "https://evil.example"}
ANSWERS: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/login", {}, 302),
    ("GET", "/healthz", {}, 200),
    ("GET", "/admin/", {}, 200),
    ("GET", "/admin/user/", {}, 200),
    ("GET", "/admin/user/export/csv/", {}, 200),
    ("GET", "/admin/user/export/jsonl/", {}, 200),
    ("GET", "/admin/user/ajax/lookup/", {}, 404),
    ("GET", "/admin/post/ajax/lookup/?name=author&query=s", {}, 200),
    ("GET", "/static/x/console.css", {}, 200),
    ("GET", "/static/x/icons.svg", {}, 200),
    ("GET", "/static/x/layout/zone.js", {}, 200),
    ("GET", "/static/x/nothing.js", {}, 404),
    ("GET", "/", {}, 302),
    ("GET", "/admin/user", {}, 308),
    ("GET", "/nothing", {}, 404),
    ("GET", "/nothing", {"Accept": "application/json"}, 404),
    ("POST", "/admin/user/", {}, 405),
    ("OPTIONS", "/admin/user/", {}, 405),
    ("OPTIONS", "/admin/user/", {"Access-Control-Request-Method": "POST"} | ELSEWHERE, 405),
    ("OPTIONS", "/login", {"Access-Control-Request-Method": "POST"} | ELSEWHERE, 405),
    ("GET", "/admin/user/", ELSEWHERE, 200),
    ("GET", "/healthz", ELSEWHERE, 200),
    ("HEAD", "/admin/user/", {}, 200),
    ("POST", "/admin/user/new/", {}, 400),
    ("GET", "/admin/user/", {"Host": "evil.example"}, 400),
    ("GET", "/admin/user/", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("GET", "/" + "a" * 8_001, {}, 414),
    ("POST", "/login", {"Content-Type": "text/plain"}, 415),
    ("GET", "/admin/user/", {"X-Long": "a" * 9_000}, 431),
]


def test_every_answer(signed_in: FlaskClient) -> None:
    for method, address, sent, status in ANSWERS:
        answer = signed_in.open(address, method=method, headers=sent)
        check(answer, status, f"{method} {address[:50]}")
        answer.close()


def test_a_failure(signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RecordView, "render", lambda *_template, **_context: 1 / 0)
    check(signed_in.get("/admin/user/"), 500, "a failure")


def test_a_file_is_one_to_keep_and_not_to_show(signed_in: FlaskClient) -> None:
    answer = signed_in.get("/admin/user/export/csv/")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_after_signing_out_the_browser_keeps_no_page(signed_in: FlaskClient) -> None:
    refused = signed_in.post("/logout")
    assert "Clear-Site-Data" not in refused.headers
    answer = submit(signed_in, "/admin/account/", "/logout")
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def check(answer: TestResponse, status: int, what: str) -> None:
    assert answer.status_code == status, what
    for name, value in HEADERS.items():
        assert answer.headers.getlist(name) == [value], f"{what}: {name}"
    kept = answer.headers["Cache-Control"]
    assert kept == ("no-cache" if "/static/" in what and status == 200 else "no-store"), what
    kind, _, charset = (answer.content_type or "").partition("; charset=")
    assert charset == "utf-8" or kind in ("application/json", "application/jsonl"), what
    assert not [name for name, _text in answer.headers if name.startswith("Access-Control")], what
    assert "Python" not in answer.headers.get("Server", ""), what
    assert "X-Request-ID" in answer.headers, what
