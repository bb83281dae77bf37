"""Cookies, as they are sent where the console is served over HTTPS, and where it is not."""

from http.cookies import SimpleCookie
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import SecurityEvent, User
from backoffice.security.kinds import MEANS_OF_SIGNING_IN
from tests.accounts.factors import add_authenticator, password, second
from tests.accounts.people import grant_of
from tests.browsing import sign_in, submit
from tests.conftest import PASSWORD

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


# A link to the console finds somebody signed in; by which browser it is known only its own form is told.
SAME_SITE = {"backoffice_session": "Lax", "backoffice_browser": "Strict", "theme": "Lax"}
# Browsers take no more, name and value together.
LARGEST_COOKIE = 4_096


def cookies_of(answer: TestResponse) -> SimpleCookie:
    return SimpleCookie("\r\n".join(answer.headers.getlist("Set-Cookie")))


@pytest.fixture
def encrypted(app: Flask) -> FlaskClient:
    """A browser before a console that is served over HTTPS."""
    app.config.update(
        COOKIE_PREFIX="__Host-", SESSION_COOKIE_NAME="__Host-backoffice_session", SESSION_COOKIE_SECURE=True
    )
    client = app.test_client()
    client.environ_base |= {"wsgi.url_scheme": "https", "SERVER_PORT": "443"}
    return client


def test_behind_https_they_are_for_this_host_alone(encrypted: FlaskClient, susan: User) -> None:
    answers = (
        submit(encrypted, "/login", username="susan", password=PASSWORD, remember="y"),
        submit(encrypted, "/admin/", "/admin/theme/", theme="dark"),
        submit(encrypted, "/admin/", "/admin/theme/", theme="system"),
        submit(encrypted, "/admin/", "/logout"),
    )
    sent = [(name, one) for answer in answers for name, one in cookies_of(answer).items()]
    assert {name for name, _one in sent} == {f"__Host-{name}" for name in SAME_SITE}
    for name, one in sent:
        same_site = SAME_SITE[name.removeprefix("__Host-")]
        assert (one["secure"], one["httponly"], one["samesite"]) == (True, True, same_site), name
        assert (one["path"], one["domain"]) == ("/", ""), name


def test_what_they_say_is_read_by_that_name_alone(encrypted: FlaskClient, susan: User) -> None:
    sign_in(encrypted, "susan")
    submit(encrypted, "/admin/", "/admin/theme/", theme="dark")
    encrypted.set_cookie("theme", "light")
    encrypted.set_cookie("zone", "Asia/Tokyo")
    page = encrypted.get("/admin/").text
    assert 'data-theme="dark"' in page
    assert "Tokyo" not in page
    assert '<meta name="zone-cookie" content="__Host-zone">' in page
    encrypted.set_cookie("__Host-zone", "Asia/Tokyo")
    assert "Tokyo" in encrypted.get("/admin/").text


def test_without_https_they_have_plain_names(client: FlaskClient, susan: User) -> None:
    answer = submit(client, "/login", username="susan", password=PASSWORD)
    sent = cookies_of(answer)
    assert sent.keys() == {"backoffice_session", "backoffice_browser"}
    for name, one in sent.items():
        assert (one["secure"], one["httponly"], one["samesite"]) == ("", True, SAME_SITE[name]), name
    assert 'content="zone"' in client.get("/admin/").text


def test_the_fullest_session_is_no_larger_than_a_cookie_can_be(app: Flask, susan: User) -> None:
    """That of a sign-in after which there is much to tell, in long names of letters that take much room."""
    client, chance = app.test_client(), Random(7)
    sign_in(client, "susan")
    _secret, codes = add_authenticator("susan")
    about: dict[str, Any] = {"administrator_id": grant_of("susan").id, "facts": "{}", "at": utcnow()}
    for kind in (*MEANS_OF_SIGNING_IN, "sign-in:refused", "second-factor:refused"):
        name = "".join(chance.choices([chr(code) for code in range(0x4E00, 0x9FA6)], k=64))
        db.session.execute(insert(SecurityEvent).values(kind=kind, name=name, **about))
    db.session.commit()
    other = app.test_client()
    password(other)
    assert second(other, codes[0]).status_code == 303
    with other.session_transaction() as held:
        assert len(held["_flashes"]) == 5
    cookie = other.get_cookie("backoffice_session")
    assert cookie is not None
    assert len(f"__Host-{cookie.key}{cookie.value}") < LARGEST_COOKIE
