"""Whom a request comes from, by which number it is found again, and what it neither gets to know nor do."""

import html
import re
from functools import reduce
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backoffice import create_app
from backoffice.models import User
from tests.browsing import sign_in, token_of
from tests.conftest import PASSWORD, add_administrator, settings

FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


def seen(app: Flask) -> tuple[str | None, str]:
    app.add_url_rule("/seen", "seen", lambda: {"from": request.remote_addr, "scheme": request.scheme})
    answer = app.test_client().get("/seen", headers=FORWARDED).json or {}
    return answer["from"], answer["scheme"]


@pytest.mark.parametrize(
    ("proxies", "expected"),
    [("0", ("127.0.0.1", "http")), ("1", ("198.51.100.7", "https")), ("2", ("203.0.113.9", "http"))],
)
def test_only_as_many_proxies_are_believed_as_there_are(
    tmp_path: Path, proxies: str, expected: tuple[str, str]
) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    assert seen(create_app(settings(url, TRUSTED_PROXIES=proxies))) == expected


def test_every_answer_has_a_number_of_its_own(bare_app: Flask) -> None:
    client = bare_app.test_client()
    numbers = {client.get("/login").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3


@pytest.mark.parametrize(
    ("method", "address"), [("GET", "/nothing"), ("POST", "/login"), ("PUT", "/login"), ("GET", "//a/login")]
)
def test_what_is_refused_has_one_too(bare_app: Flask, method: str, address: str) -> None:
    answer = bare_app.test_client().open(address, method=method)
    assert answer.status_code >= 400
    assert answer.headers["X-Request-ID"] in answer.text


def addresses(app: Flask, method: str) -> list[str]:
    """The address of every page that takes `method`, as far as it can be known."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    assert len(rules) > 20
    words = (
        ("<export_type>", "csv"),
        ("<token>", "x"),
        ("<fingerprint>", "x"),
        ("<path:name>", "console.css"),
    )
    return [reduce(lambda rule, pair: rule.replace(*pair), words, rule) for rule in rules]


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [None, "viewer", "administrator"])
def test_other_methods_say_the_same_of_every_page(app: Flask, client: FlaskClient, role: str | None) -> None:
    if role:
        add_administrator("kim", role)
        sign_in(client, "kim")
    existing = {*addresses(app, "GET"), *addresses(app, "POST")}
    answers = {
        (page.status_code, page.headers["Allow"], page.text.replace(page.headers["X-Request-ID"], ""))
        for address in (*existing, "/nothing", "/admin/nothing/", "/admin/user")
        for page in (client.open(address, method="OPTIONS"),)
    }
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (405, "GET, HEAD, POST")
    for method in ("TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "NONSENSE"):
        assert client.open("/admin/user/", method=method).status_code == 405


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [None, "viewer", "administrator"])
def test_asking_for_the_head_is_asking_for_the_page(
    app: Flask, client: FlaskClient, role: str | None
) -> None:
    if role:
        add_administrator("kim", role)
        sign_in(client, "kim")
    for address in (*addresses(app, "GET"), "/nothing", "/admin/nothing/", "/admin/user/delete/"):
        page, head = client.get(address), client.head(address)
        assert (head.status_code, head.location, head.data) == (page.status_code, page.location, b""), address


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_method_is_the_one_that_was_sent(app: Flask, signed_in: FlaskClient) -> None:
    headers = {
        "X-HTTP-Method": "POST",
        "X-HTTP-Method-Override": "POST",
        "X-Method-Override": "POST",
        "X-Original-URL": "/nothing",
        "X-Rewrite-URL": "/nothing",
    }
    for address in addresses(app, "GET"):
        plain = signed_in.get(address).status_code
        assert signed_in.get(address, headers=headers).status_code == plain, address
        said = signed_in.get(f"{address}?_method=POST&_method=DELETE").status_code
        assert said == (400 if "/export/" in address else plain), (
            address
        )  # a file is not made of what is unknown
    token = token_of(signed_in.get("/admin/user/"))
    for address in ("/admin/user/delete/", "/logout", "/admin/theme/"):
        sent = {"csrf_token": token, "id": "1", "_method": "POST"}
        assert signed_in.get(address, query_string=sent, headers=headers).status_code == 405
    assert signed_in.get("/admin/").status_code == 200


# What else is not inside is in tests/accounts/sessions/test_session.py.
ELSEWHERE = (
    "https://evil.example/",
    "/\\evil.example/",
    "/admin/%2e%2e//evil.example",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_no_address_that_was_sent_along_leads_elsewhere(app: Flask, signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/user/"))
    for elsewhere in ELSEWHERE:
        cascade = {"url": elsewhere, "next": elsewhere}
        for address in addresses(app, "GET"):
            page = signed_in.get(address, query_string=cascade)
            assert leads_inside(page), f"{address} leads to {elsewhere}"
        for address in set(addresses(app, "POST")) - {"/logout"}:
            data = {"csrf_token": token, **cascade}
            page = signed_in.post(address, query_string=cascade, data=data)
            assert leads_inside(page), f"{address} leads to {elsewhere}"


def leads_inside(page: TestResponse) -> bool:
    """Whether neither the answer nor a link of it leads elsewhere; an authenticator app is on this device."""
    links = [html.unescape(link) for link in re.findall(r'(?:href|action)="([^"]*)"', page.text)]
    leading = [*links, page.location or "/"]
    schemes = {urlsplit(link).scheme for link in leading}
    return schemes <= {"", "otpauth"} and not any(re.match(r"[/\\]{2}", link) for link in leading)


@pytest.mark.own_app
@pytest.mark.parametrize(
    ("made", "sent"),
    [
        ("https://evil.example/a?b=c#d", "/a?b=c#d"),
        ("//evil.example", "/"),
        ("http://localhost//evil.example", "/evil.example"),
        ("/\\evil.example", "/evil.example"),
        ("/admin/user/?search=//a", "/admin/user/?search=//a"),
    ],
)
def test_a_redirect_stays_here_whoever_made_it(bare_app: Flask, made: str, sent: str) -> None:
    bare_app.add_url_rule("/away", "away", lambda: Response(status=302, headers={"Location": made}))
    assert bare_app.test_client().get("/away").location == sent


def test_the_missing_slash_names_no_host(bare_app: Flask) -> None:
    assert bare_app.test_client().get("/admin/user?a=b").location == "/admin/user/?a=b"


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_password_in_an_address_is_none(client: FlaskClient, susan: User) -> None:
    fields = {"username": "susan", "password": PASSWORD}
    token = token_of(client.get("/login"))
    assert client.post("/login", query_string=fields, data={"csrf_token": token}).status_code == 401
    assert client.post("/login", query_string={"csrf_token": token}, data=fields).status_code == 400
    assert client.get("/login", query_string=fields).status_code == 200
    assert client.get("/admin/").status_code == 302
