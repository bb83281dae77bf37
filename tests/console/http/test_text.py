"""NUL, half a character, and bytes that are no text: refused in every part of a request, in words."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backoffice.extensions import db
from backoffice.models import Post
from tests.browsing import token_of

FORM = "application/x-www-form-urlencoded"
# NUL; lone surrogates, of the beginning and the end of a character; a byte that begins nothing, a character
# that was cut off, and two spellings of what has a shorter one.
RAW = [b"\0", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xff", b"\xe2\x82", b"\xc0\x80", b"\xc0\xaf"]
IN_JSON = ["\\u0000", "\\ud800", "\\udfff", "\\uD83D x"]
TEXT = [
    "\N{PILE OF POO}",
    "\N{REPLACEMENT CHARACTER}",
    "\x01\x7f",
    "é",
    "%00",
    "\\u0000",
    "\\ud800",
    "\uffff",
]


def around(raw: bytes) -> Iterator[bytes]:
    yield from (raw, b"a" + raw, raw + b"a", b"caf\xc3\xa9 " + raw + b" \xf0\x9f\x92\xa9")


EVERYWHERE = [text for raw in RAW for text in around(raw)]


PATHS = [
    b"/%s",
    b"/admin/%s/",
    b"/admin/post/selection/%s/",
    b"/admin/post/selection/%s/edit/",
    b"/admin/user/export/%s/",
    b"/static/%s/console.css",
    b"/login%s",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_with_it_leads_nowhere(bare_app: Flask, path: bytes) -> None:
    client = bare_app.test_client()
    for raw in EVERYWHERE:
        sent = {"PATH_INFO": (path % raw).decode("latin-1")}  # the client would mend it
        for method in ("GET", "HEAD", "POST"):
            assert client.open(method=method, environ_overrides=sent).status_code == 404, raw


@pytest.mark.parametrize("query", ["search={}", "{}=1", "{}", "next=/admin/&a={}&b=c", "id={}"])
def test_nor_is_it_taken_in_an_address(bare_app: Flask, query: str) -> None:
    client = bare_app.test_client()
    for raw in EVERYWHERE:
        answer = client.get(f"/login?{query.format(quote(raw))}")
        assert answer.status_code == 400, raw
        assert "what is no text" in answer.text, raw


def test_any_other_text_is(bare_app: Flask) -> None:
    client = bare_app.test_client()
    for text in TEXT:
        assert client.get(f"/login?search={quote(text)}&{quote(text)}=1").status_code == 200, text
        assert client.get(f"/{quote(text)}").status_code == 404, text
        form = {"username": text, text: "x"}
        for kind in (FORM, "multipart/form-data"):
            assert "session that has ended" in client.post("/login", data=form, content_type=kind).text, text
        assert "session that has ended" in client.post("/login", json=form).text, text


@pytest.mark.parametrize("header", ["User-Agent", "Accept-Language", "Referer", "X-Forwarded-For", "X-Any"])
def test_headers(bare_app: Flask, header: str) -> None:
    name = f"HTTP_{header.upper().replace('-', '_')}"
    assert bare_app.test_client().get("/login", environ_overrides={name: "a\0b"}).status_code == 400
    assert bare_app.test_client().get("/login", environ_overrides={name: "caf\xc3\xa9"}).status_code == 200


@pytest.mark.parametrize("cookie", ["theme", "zone", "backoffice_session", "backoffice_known"])
@pytest.mark.parametrize("value", ['"a\\000b"', "a\0b"])
def test_cookies(bare_app: Flask, cookie: str, value: str) -> None:
    client, sent = bare_app.test_client(use_cookies=False), {"HTTP_COOKIE": f"a=b; {cookie}={value}"}
    assert client.get("/login", environ_overrides=sent).status_code == 400


def multipart(part: bytes, value: bytes = b"x") -> dict[str, Any]:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    body += b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n\r\n" + value + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}


def test_forms(bare_app: Flask) -> None:
    for raw in EVERYWHERE:
        for body in bodies_with(raw):
            answer = bare_app.test_client().post("/login", **body)
            assert answer.status_code == 400, body
            assert "what is no text" in answer.text, body


def bodies_with(raw: bytes) -> list[dict[str, Any]]:
    bodies = [
        {"data": b"username=susan&password=" + quote(raw).encode(), "content_type": FORM},
        {"data": b"username=susan&password=" + raw, "content_type": FORM},
        {"data": quote(raw).encode() + b"=susan", "content_type": FORM},
        multipart(b'name="username"', raw),
        multipart(b'name="' + raw + b'"'),
        multipart(b'name="f"; filename="' + raw + b'"'),
        multipart(b"name=\"f\"; filename*=UTF-8''" + quote(raw).encode() + b".csv"),
    ]
    return bodies[: 6 if b"\0" not in raw else 7]


def test_what_is_in_a_file_is_not_looked_at(bare_app: Flask) -> None:
    for content in RAW:
        data = {"file": (io.BytesIO(content), "x.csv")}
        answer = bare_app.test_client().post("/login", data=data, content_type="multipart/form-data")
        assert "session that has ended" in answer.text


@pytest.mark.parametrize(
    "body", ['"{}"', '{{"a": "{}"}}', '{{"{}": 1}}', '[1, [{{"a": ["{}"]}}]]', '{{"a": "x{}y"}}']
)
def test_json(bare_app: Flask, body: str) -> None:
    for text in IN_JSON:
        sent = {"data": body.format(text), "content_type": "application/json"}
        assert "what is no text" in bare_app.test_client().post("/login", **sent).text, text
    nested = {"data": "[" * 100_000, "content_type": "application/json"}
    assert bare_app.test_client().post("/login", **nested).status_code == 400


@pytest.mark.every_database
@pytest.mark.parametrize(
    "page",
    ["/admin/post/new/", "/admin/post/draft/", "/admin/post/action/", "/admin/history/return/", "/login"],
)
def test_nothing_is_changed_by_it(signed_in: FlaskClient, page: str) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "body": "a\0b", "username": "\0", "rowid": "\0", "action": "\0"}
    answer = signed_in.post(page, data=sent)
    assert answer.status_code == 400
    assert "a\N{SYMBOL FOR NULL}b" in answer.text
    assert db.session.scalar(select(func.count(Post.id))) == 0


@pytest.mark.every_database
def test_no_page_of_a_signed_in_person_fails_of_it(app: Flask, signed_in: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        page = rule.rule.replace("<", "").replace(">", "")
        for name in ("id", "key", "table", "search", "after", "person", "query", "rowid", "of", "url"):
            assert signed_in.get(f"{page}?{name}=%00").status_code in (400, 405), page
