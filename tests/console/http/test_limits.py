"""How much a request may hold, and what is said of one that holds more."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.console.http.guards import LONGEST_ADDRESS, MOST_FIELDS
from tests.browsing import token_of

FORM = "application/x-www-form-urlencoded"


def refused(app: Flask, status: int, method: str = "GET", address: str = "/login", **request: Any) -> str:
    """The page that says so."""
    page = app.test_client().open(address, method=method, **request)
    assert page.status_code == status, page.text
    assert f"Error {status}" in page.text
    assert page.headers["X-Request-ID"] in page.text
    return page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/" + "a" * LONGEST_ADDRESS, 414),
        ("/login?a=" + "b" * LONGEST_ADDRESS, 414),
        ("/login?" + "&".join("a" * 101), 400),
        ("/login?" + "&" * 101, 400),
    ],
)
def test_addresses(bare_app: Flask, address: str, status: int) -> None:
    refused(bare_app, status, address=address)


def test_what_a_list_can_say_in_its_address_is_not_too_much(bare_app: Flask) -> None:
    address = "/login?" + "&".join(f"filter{number}=" + "a" * 60 for number in range(99))
    assert bare_app.test_client().get(address).status_code == 200


@pytest.mark.parametrize("headers", [{f"X-{number}": "1" for number in range(101)}, {"X-Long": "a" * 8_200}])
def test_headers(bare_app: Flask, headers: dict[str, str]) -> None:
    assert "cookies" in refused(bare_app, 431, headers=headers)


@pytest.mark.parametrize("kind", [FORM, "application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_bodies(bare_app: Flask, kind: str) -> None:
    for method in ("GET", "POST"):
        refused(bare_app, 413, method, data=b"a" * 2_100_000, content_type=kind)


def test_a_form_that_is_not_too_long_is_read(bare_app: Flask) -> None:
    answer = bare_app.test_client().post("/login", data={"username": "a" * 2_000_000})
    assert answer.status_code == 400
    assert "session" in answer.text


def test_a_body_of_a_length_that_nobody_said(bare_app: Flask) -> None:
    unbounded = {"wsgi.input_terminated": True, "CONTENT_TYPE": FORM}
    refused(bare_app, 413, "POST", input_stream=io.BytesIO(b"a" * 2_100_000), environ_overrides=unbounded)


@pytest.mark.parametrize("kind", ["text/plain", "text/xml", "application/octet-stream", "nonsense"])
def test_other_kinds_of_bodies(bare_app: Flask, kind: str) -> None:
    refused(bare_app, 415, "POST", data=b"username=susan", content_type=kind)


def test_fields(bare_app: Flask) -> None:
    refused(bare_app, 413, "POST", data=b"a&" * MOST_FIELDS, content_type=FORM)
    refused(bare_app, 413, "POST", data={f"a{number}": "b" for number in range(1_001)}, buffered=True,
            content_type="multipart/form-data")  # fmt: skip
    answer = bare_app.test_client().post("/login", data=b"a&" * (MOST_FIELDS - 1), content_type=FORM)
    assert answer.status_code == 400
    assert "session" in answer.text


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_thousand_ticked_rows_are_not_too_many(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/user/"))
    rows = {"rowid": [*range(1_000)], "version": [f"{key}:{'a' * 64}" for key in range(1_000)]}
    page = signed_in.post("/admin/user/action/", data={"csrf_token": token, "action": "delete", **rows})
    assert page.status_code == 303
