"""Cookies, as they are sent where the console is served over HTTPS, and where it is not."""

from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backoffice.models import User
from tests.browsing import sign_in, submit
from tests.conftest import PASSWORD

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


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
    names = {"__Host-backoffice_session", "__Host-backoffice_browser", "__Host-theme"}
    assert {name for name, _one in sent} == names
    for name, one in sent:
        same_site = "Strict" if name == "__Host-backoffice_browser" else "Lax"
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
    assert set(sent) == {"backoffice_session", "backoffice_browser"}
    for name, one in sent.items():
        same_site = "Strict" if name == "backoffice_browser" else "Lax"
        assert (one["secure"], one["httponly"], one["samesite"]) == ("", True, same_site), name
    assert 'content="zone"' in client.get("/admin/").text
