"""Signing in and out: a sign-in is a row, and nothing opens the console that the row does not."""

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Executable, delete, event, insert, update
from werkzeug.http import parse_cookie

from backoffice import create_app
from backoffice.accounts.account import Account
from backoffice.accounts.authentication import authenticate
from backoffice.accounts.sessions.session import find_signed_in, start_session
from backoffice.clock import utcnow
from backoffice.console.http.cookies import SessionCookie
from backoffice.console.http.safe_redirects import inside
from backoffice.extensions import db
from backoffice.models import Administrator, User
from tests.accounts.people import admin_sessions, change_sessions, grant_of, statements, write
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD, Browser, add_administrator, settings
from tests.databases import short_lock_timeout

COOKIE = "backoffice_session"
HOUR = timedelta(hours=1)
# So many seconds somebody waits for a lock who has to have it.
PATIENCE = 60


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/admin/account/").status_code == 200


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def other_browser(app: Flask, cookie: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie(COOKIE, cookie)
    return client


def test_signing_in_and_out(app: Flask, client: FlaskClient, susan: User) -> None:
    assert not is_signed_in(client)
    answer = sign_in(client, "susan")
    assert answer.location == "/admin/"
    assert is_signed_in(client)
    [row] = admin_sessions()
    assert (row.address, row.remembered, row.ended_at) == ("127.0.0.1", False, None)
    answer = submit(client, "/admin/account/", "/logout")
    assert answer.location == "/login"
    assert not is_signed_in(client)
    assert admin_sessions()[0].ended_at is not None


@pytest.mark.parametrize("remember", [False, True])
def test_after_signing_out_no_copy_of_a_cookie_opens_anything(
    app: Flask, client: FlaskClient, susan: User, remember: bool
) -> None:
    more = {"remember": "y"} if remember else {}
    answer = submit(client, "/login", username="susan", password=PASSWORD, **more)
    copies = [parse_cookie(header.partition(";")[0]) for header in answer.headers.getlist("Set-Cookie")]
    assert copies
    submit(client, "/admin/account/", "/logout")
    thief = app.test_client()
    for name, value in (pair for copy in copies for pair in copy.items()):
        thief.set_cookie(name, value)
    assert not is_signed_in(thief)


def test_only_a_post_with_a_token_signs_out(signed_in: FlaskClient) -> None:
    assert signed_in.get("/logout").status_code == 405
    assert signed_in.post("/logout").status_code == 400
    assert is_signed_in(signed_in)


def test_signing_out_twice_is_no_error(app: Flask, signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/account/"))
    cookie = cookie_of(signed_in)
    assert signed_in.post("/logout", data={"csrf_token": token}).status_code == 303
    again = other_browser(app, cookie).post("/logout", data={"csrf_token": token})
    assert again.location == "/login"


@pytest.mark.every_database
def test_the_table_holds_a_digest_only(client: FlaskClient, app: Flask, susan: User) -> None:
    sign_in(client, "susan")
    with client.session_transaction() as held:
        token = held["_user_id"]
    [row] = admin_sessions()
    assert row.token_digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in json.dumps([str(value) for value in vars(row).values()])
    assert len(token) >= 43


@pytest.mark.every_database
def test_who_is_signed_in_is_known_after_one_query(signed_in: FlaskClient) -> None:
    with signed_in.session_transaction() as held:
        token = held["_user_id"]
    db.session.rollback()
    with statements() as sent:
        person = find_signed_in(token)
    assert [statement for statement in sent if statement != "BEGIN"] == sent[-1:]
    assert person is not None
    assert (person.username, person.role, person.user_id) == (
        "susan",
        "administrator",
        grant_of("susan").user_id,
    )


def test_each_sign_in_starts_a_new_session(app: Flask, client: FlaskClient, susan: User) -> None:
    before = token_of(client.get("/login"))
    sign_in(client, "susan")
    first = cookie_of(client)
    assert client.post("/logout", data={"csrf_token": before}).status_code == 400
    token = token_of(client.get("/admin/account/"))
    client.post("/login", data={"csrf_token": token, "username": "susan", "password": PASSWORD})
    assert is_signed_in(client)
    assert not is_signed_in(other_browser(app, first))


def test_a_session_that_somebody_planted_is_not_signed_in_along(app: Flask, susan: User) -> None:
    thief, victim = app.test_client(), app.test_client()
    with thief.session_transaction() as planted:
        planted["_user_id"], planted["_fresh"] = "a token that the thief made up", True
    before = token_of(thief.get("/login"))
    victim.set_cookie(COOKIE, cookie_of(thief))
    sign_in(victim, "susan")
    assert is_signed_in(victim)
    assert not is_signed_in(thief)
    with victim.session_transaction() as held:
        assert held["_user_id"] != "a token that the thief made up"
    assert victim.post("/logout", data={"csrf_token": before}).status_code == 400


def test_nobody_stays_signed_in_where_that_is_taken_away(
    app: Flask, client: FlaskClient, susan: User
) -> None:
    app.config["SESSION_REMEMBERED"] = timedelta(0)
    assert "remember" not in client.get("/login").text
    submit(client, "/login", username="susan", password=PASSWORD, remember="y")
    assert not admin_sessions()[-1].remembered
    assert is_signed_in(client)
    change_sessions(remembered=True)
    assert not is_signed_in(client)


def test_several_browsers_are_signed_in_apart(app: Flask, signed_in: FlaskClient) -> None:
    other = app.test_client()
    sign_in(other, "susan")
    submit(signed_in, "/admin/account/", "/logout")
    assert is_signed_in(other)


def test_the_cookie_ends_with_the_browser_unless_asked_to_stay(client: FlaskClient, susan: User) -> None:
    answer = sign_in(client, "susan")
    assert "expires" not in answer.headers.getlist("Set-Cookie")[-1].lower()
    submit(client, "/admin/account/", "/logout")
    answer = submit(client, "/login", username="susan", password=PASSWORD, remember="y")
    attributes = answer.headers.getlist("Set-Cookie")[-1].lower()
    for attribute in ("expires=", "httponly", "samesite=lax", "path=/"):
        assert attribute in attributes
    assert admin_sessions()[-1].remembered


LIFETIMES = [
    (False, {"last_seen_at": -HOUR + timedelta(minutes=1)}, True),
    (False, {"last_seen_at": -HOUR}, False),
    (False, {"created_at": -12 * HOUR + timedelta(minutes=1)}, True),
    (False, {"created_at": -12 * HOUR}, False),
    (True, {"created_at": -80 * HOUR, "last_seen_at": -72 * HOUR + timedelta(minutes=1)}, True),
    (True, {"created_at": -80 * HOUR, "last_seen_at": -72 * HOUR}, False),
    (True, {"created_at": -14 * 24 * HOUR + timedelta(minutes=1)}, True),
    (True, {"created_at": -14 * 24 * HOUR}, False),
    (True, {"ended_at": -HOUR}, False),
]


@pytest.mark.every_database
def test_how_long_a_sign_in_lasts(app: Flask, signed_in: FlaskClient) -> None:
    app.config.update(SESSION_IDLE=HOUR, SESSION_ABSOLUTE=12 * HOUR)
    app.config.update(SESSION_REMEMBERED=14 * 24 * HOUR, SESSION_REMEMBERED_IDLE=72 * HOUR)
    cookie = cookie_of(signed_in)
    for remembered, columns, is_open in LIFETIMES:
        now = utcnow()
        fresh = {"created_at": now, "last_seen_at": now, "ended_at": None, "remembered": remembered}
        change_sessions(**{**fresh, **{name: now + offset for name, offset in columns.items()}})
        assert is_signed_in(other_browser(app, cookie)) is is_open, (remembered, columns)


@pytest.mark.every_database
def test_last_seen_is_written_once_a_minute(app: Flask, signed_in: FlaskClient) -> None:
    app.config["SESSION_IDLE"] = HOUR
    for age, is_written in ((timedelta(seconds=50), False), (timedelta(seconds=70), True)):
        then = utcnow() - age
        change_sessions(last_seen_at=then)
        assert is_signed_in(signed_in)
        assert (admin_sessions()[0].last_seen_at > then) is is_written


@pytest.mark.every_database
def test_nobody_who_works_is_taken_for_idle(app: Flask, signed_in: FlaskClient) -> None:
    app.config["SESSION_IDLE"] = timedelta(minutes=1)
    change_sessions(last_seen_at=utcnow() - timedelta(seconds=40))
    assert is_signed_in(signed_in)
    assert utcnow() - admin_sessions()[0].last_seen_at < timedelta(seconds=20)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_busy_database_keeps_nobody_out(app: Flask, signed_in: FlaskClient) -> None:
    then = utcnow() - timedelta(minutes=5)
    change_sessions(last_seen_at=then)
    app.config["SESSION_IDLE"] = HOUR
    patience = f"PRAGMA busy_timeout = {PATIENCE * 1_000}"
    event.listen(db.engine, "begin", lambda connection: connection.exec_driver_sql(patience))
    with writer(app):
        began = time.monotonic()
        assert is_signed_in(signed_in)
        assert time.monotonic() - began < PATIENCE
    assert admin_sessions()[0].last_seen_at == then
    assert is_signed_in(signed_in)
    assert admin_sessions()[0].last_seen_at > then
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == PATIENCE * 1_000


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_signing_in_to_a_busy_database_says_so(app: Flask, client: FlaskClient, susan: User) -> None:
    short_lock_timeout()
    with writer(app):
        answer = submit(client, "/login", username="susan", password=PASSWORD)
    assert answer.status_code == 503
    assert admin_sessions() == []


class writer:  # noqa: N801 - used as a context
    """Somebody else who is writing to the SQLite file."""

    def __init__(self, app: Flask) -> None:
        db.session.rollback()
        self.path = db.engine.url.database

    def __enter__(self) -> None:
        assert self.path is not None
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_: object) -> None:
        self.connection.execute("ROLLBACK")
        self.connection.close()


def test_somebody_who_is_disabled_is_out_at_the_next_request(signed_in: FlaskClient) -> None:
    write(update(Administrator).values(disabled_at=utcnow()))
    assert not is_signed_in(signed_in)


@pytest.mark.every_database
def test_a_user_who_is_gone_or_somebody_else_by_now_is_refused_and_logged(
    app: Flask, signed_in: FlaskClient, susan: User, caplog: pytest.LogCaptureFixture
) -> None:
    user_id, cookie = susan.id, cookie_of(signed_in)
    for act in (
        update(User).where(User.id == user_id).values(username="susan2"),
        delete(User).where(User.id == user_id),
    ):
        write(act)
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert not is_signed_in(other_browser(app, cookie))
        assert f"user {user_id}" in caplog.text
    # The id comes back, as SQLite gives it to the next sign-up.
    write(insert(User).values(id=user_id, username="eve", email="eve@example.com"))
    assert not is_signed_in(other_browser(app, cookie))


@pytest.mark.every_database
def test_a_grant_that_is_gone_takes_its_sign_ins_along(signed_in: FlaskClient) -> None:
    write(delete(Administrator))
    assert admin_sessions() == []
    assert not is_signed_in(signed_in)


@pytest.mark.every_database
def test_a_new_role_counts_at_the_next_request(signed_in: FlaskClient) -> None:
    assert signed_in.get("/admin/administrator/").status_code == 200
    write(update(Administrator).values(role="editor"))
    assert signed_in.get("/admin/administrator/").status_code == 403


INSIDE = ["/admin/", "/admin/account/", "/admin/user/?search=a%20b&page_size=20", "/admin/user/?search=..%2F"]
OUTSIDE = [
    None, "", "/", "/logout", "/adminx/", "/admin", "//evil.example/admin/", "///evil.example/admin/",
    "https://evil.example/admin/", "https:evil.example", "http://localhost/admin/user/",
    "javascript:alert(1)",
    "\\\\evil.example", "/\\evil.example/admin/", "/admin/\\evil.example", "/\t/evil.example/admin/",
    "/admin/\r\nSet-Cookie: a=b", "/admin/\x7f", " /admin/account/", "/admin/../logout",
    "/admin/..//evil.example",
    "/admin/%2e%2e/login", "/admin/..%2flogin", "/admin/..%5clogin", "/admin/user/../../login",
    "/admin/" + "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_the_console_is_followed(bare_app: Flask, address: str) -> None:
    with bare_app.test_request_context():
        assert inside(address) == address


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_that_leads_out_is_not_followed(bare_app: Flask, address: str | None) -> None:
    with bare_app.test_request_context():
        assert inside(address) is None


def test_no_address_that_is_followed_takes_only_forms(bare_app: Flask) -> None:
    pages = {rule.rule for rule in bare_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    forms = {rule.rule for rule in bare_app.url_map.iter_rules()} - pages
    assert len(forms) > 20
    with bare_app.test_request_context():
        for address in forms:
            followed = inside(f"{address}?id=1")
            assert followed is None or (followed in pages and address.startswith(followed)), address
        assert inside("/admin/post/delete/?id=1") == "/admin/post/"
        assert inside("/admin/post/draft/discard/") == "/admin/post/"
        assert inside("/admin/theme/") == "/admin/"


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_after_signing_in_one_lands_inside(app: Flask, susan: User) -> None:
    for going, lands in (
        ("/admin/account/", "/admin/account/"),
        ("//evil.example", "/admin/"),
        ("/admin/post/delete/?id=1", "/admin/post/"),
        (None, "/admin/"),
    ):
        client, address = app.test_client(), {"next": going} if going else None
        token = token_of(client.get("/login", query_string=address))
        form = {"csrf_token": token, "username": "susan", "password": PASSWORD}
        answer = client.post("/login", query_string=address, data=form)
        assert (answer.status_code, answer.location) == (303, lands)
        again = client.get("/login", query_string=address)
        assert (again.status_code, again.location) == (302, lands)


def test_a_closed_page_is_where_one_lands_after(client: FlaskClient, susan: User) -> None:
    answer = client.get("/admin/user/?search=b%20c")
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")
    answer = submit(client, answer.location, username="susan", password=PASSWORD)
    assert answer.location == "/admin/user/?search=b%20c"


def test_where_only_a_form_was_sent_one_lands_on_its_page(client: FlaskClient, susan: User) -> None:
    token = token_of(client.get("/login"))
    answer = client.post("/admin/administrator/disable/", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (302, "/login?next=/admin/administrator/")


def test_json_is_answered_where_json_was_asked_for(client: FlaskClient, susan: User) -> None:
    headers = {"Accept": "application/json"}
    answer = client.get("/admin/account/", headers=headers)
    assert answer.status_code == 401
    assert answer.is_json
    token = token_of(client.get("/login"))
    answer = client.post("/login", data={"csrf_token": token, "username": "susan"}, headers=headers)
    assert (answer.status_code, answer.is_json) == (401, True)


def test_a_session_that_ended_says_so_once(signed_in: FlaskClient) -> None:
    change_sessions(ended_at=utcnow())
    answer = signed_in.get("/admin/account/", follow_redirects=True)
    assert "Your session has ended" in answer.text
    assert "Your session has ended" not in signed_in.get("/admin/account/", follow_redirects=True).text


def test_a_sign_in_form_without_its_token_is_refused(client: FlaskClient, susan: User) -> None:
    assert client.post("/login", data={"username": "susan", "password": PASSWORD}).status_code == 400
    assert admin_sessions() == []


def test_the_answer_never_repeats_the_password(client: FlaskClient, susan: User) -> None:
    answer = submit(client, "/login", username="susan<b>", password="a wrong password")
    assert "a wrong password" not in answer.text
    assert "susan&lt;b&gt;" in answer.text


NEW_KEY = "a new key, which is as long as it has to be"


@pytest.fixture
def rotated(app: Flask, migrated_url: str) -> Iterator[Flask]:
    """The same console after its key was changed, the old one being a fallback."""
    rotated = create_app(settings(migrated_url, SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS="k" * 40))
    rotated.test_client_class = Browser
    yield rotated
    with rotated.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("remember", [{}, {"remember": "y"}])
def test_a_new_key_signs_nobody_out_and_spoils_no_form(
    client: FlaskClient, rotated: Flask, susan: User, remember: dict[str, str]
) -> None:
    submit(client, "/login", username="susan", password=PASSWORD, **remember)
    token = token_of(client.get("/admin/account/"))
    after = other_browser(rotated, cookie_of(client))
    assert is_signed_in(after)
    answer = after.post("/admin/account/", data={"csrf_token": token, "current_password": "wrong"})
    assert answer.status_code == 422
    assert after.post("/logout", data={"csrf_token": token}).status_code == 303
    assert not is_signed_in(after)
    assert not is_signed_in(client)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_the_new_key_signs_the_old_one_does_not_open(
    app: Flask, client: FlaskClient, rotated: Flask, susan: User
) -> None:
    after = rotated.test_client()
    sign_in(after, "susan")
    token = token_of(after.get("/admin/account/"))
    assert not is_signed_in(other_browser(app, cookie_of(after)))
    assert URLSafeTimedSerializer(NEW_KEY, salt="wtf-csrf-token").loads(token)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_cookie_that_is_signed_with_an_older_digest_opens_nothing(
    app: Flask, signed_in: FlaskClient
) -> None:
    serializer = SessionCookie().get_signing_serializer(app)
    weaker = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    assert weaker is not None
    forged = weaker.dumps(serializer.loads(cookie_of(signed_in)))
    assert is_signed_in(signed_in)
    assert not is_signed_in(other_browser(app, forged))


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_cookies_that_make_no_sense_are_nobodys(app: Flask, client: FlaskClient, susan: User) -> None:
    for name in (COOKIE, "remember_token", "backoffice_remember"):
        for value in ("", "x", "a.b.c", "1|" + "0" * 128, "susan|é", "|"):
            client.set_cookie(name, value)
            assert client.get("/admin/account/").status_code == 302, (name, value)
        client.delete_cookie(name)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_viewer_signs_in_as_one(client: FlaskClient, app: Flask) -> None:
    add_administrator("victor", "viewer")
    sign_in(client, "victor")
    assert is_signed_in(client)
    assert client.get("/admin/administrator/").status_code == 403


@pytest.mark.parametrize(
    "meanwhile",
    [
        update(Administrator).values(disabled_at=utcnow()),
        update(Administrator).values(password_hash="$2b$04$" + "." * 53),
        update(User).values(password_hash="$2b$04$" + "." * 53),
        update(User).values(username="susan2"),
        delete(Administrator),
        delete(User),
    ],
    ids=str,
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_changes_while_the_password_is_checked_counts(susan: User, meanwhile: Executable) -> None:
    account = authenticate("susan", PASSWORD)
    assert account is not None
    assert start_session(account, remember=False, address=None, user_agent=None) is not None
    checked = Account(User(id=susan.id, password_hash=susan.password_hash), None)
    write(meanwhile)
    before = len(admin_sessions())
    assert start_session(checked, remember=False, address=None, user_agent=None) is None
    assert len(admin_sessions()) == before
