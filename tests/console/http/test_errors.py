"""Errors are pages of ours, or JSON where that was asked for, and tell nothing about the inside."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from backoffice.console.records.view import RecordView
from backoffice.extensions import db
from tests.browsing import token_of

JSON = {"Accept": "application/json"}


def check_page(page: str, code: int) -> None:
    assert f"Error {code}" in page
    for inside in ("Traceback", "SELECT", "INSERT", "sqlalchemy", "$2b$"):
        assert inside not in page


@pytest.mark.parametrize(
    ("method", "address", "code"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/admin/nothing/", 404),
        ("POST", "/admin/user/", 405),
        ("GET", "/admin/user/delete/", 405),
        ("POST", "/admin/user/new/", 400),
        ("GET", "/admin/user/details/?id=0", 404),
    ],
)
def test_pages(signed_in: FlaskClient, method: str, address: str, code: int) -> None:
    page = signed_in.open(address, method=method)
    assert page.status_code == code
    check_page(page.text, code)
    answer = signed_in.open(address, method=method, headers=JSON)
    assert answer.status_code == code
    assert answer.json is not None
    assert answer.json["error"]["status"] == code


def test_too_much_at_once(signed_in: FlaskClient) -> None:
    page = signed_in.post("/admin/user/new/", data={"username": "x" * 3_000_000})
    assert page.status_code == 413
    check_page(page.text, 413)


def test_what_fails_inside_tells_nothing(signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_template: object, **_context: object) -> None:
        raise TypeError("SELECT password_hash")

    monkeypatch.setattr(RecordView, "render", fail)
    page = signed_in.get("/admin/user/")
    assert page.status_code == 500
    check_page(page.text, 500)
    assert page.headers["X-Request-ID"] in page.text


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_flasks_debug_mode_tells_nothing_either(
    app: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config.update(DEBUG=True, EXPLAIN_TEMPLATE_LOADING=True)
    monkeypatch.setattr(RecordView, "render", lambda *_template, **_context: 1 / 0)
    page = signed_in.get("/admin/user/")
    assert page.status_code == 500
    check_page(page.text, 500)


@pytest.mark.every_database
def test_a_failing_statement_tells_nothing(signed_in: FlaskClient) -> None:
    db.session.execute(text("DROP TABLE post"))
    db.session.commit()
    page = signed_in.get("/admin/post/")
    assert page.status_code == 500
    check_page(page.text, 500)
    assert signed_in.get("/admin/user/").status_code == 200


def test_a_viewer_is_told_what_they_may_not_do(app: Flask, client: FlaskClient) -> None:
    from tests.browsing import sign_in
    from tests.conftest import add_administrator

    add_administrator("vic", "viewer")
    sign_in(client, "vic")
    for address in ("/admin/user/new/", "/admin/administrator/", "/admin/post/export/csv/"):
        page = client.get(address)
        assert page.status_code == 403
        check_page(page.text, 403)
    listing = client.get("/admin/user/").text
    assert "New user" not in listing
    assert "Delete" not in listing
    token = token_of(client.get("/admin/account/"))
    assert client.post("/admin/user/delete/", data={"id": 1, "csrf_token": token}).status_code == 403


@pytest.mark.every_database
def test_the_health_of_the_process(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
