"""The sessions that are open, and ending them: one's own, and as an administrator those of others."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from backoffice.accounts.sessions.expiry import MOST_OPEN, open_sessions
from backoffice.accounts.sessions.session import find_signed_in
from backoffice.clock import utcnow
from backoffice.console.presenters.user_agents import browser_label
from backoffice.extensions import db
from backoffice.models import AdminSession, SecurityEvent, User
from tests.accounts.people import admin_sessions, grant_of, operations, signed_in_as, write
from tests.browsing import sign_in, token_of
from tests.conftest import add_administrator

SESSIONS = "/admin/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1 Version/18.5 Safari/604.1"


def browser(app: Flask, username: str, user_agent: str = FIREFOX) -> FlaskClient:
    """A browser in which somebody is signed in."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = user_agent
    sign_in(client, username)
    return client


def is_open(client: FlaskClient) -> bool:
    return client.get("/admin/account/").status_code == 200


def end(client: FlaskClient, which: str = "end/", **fields: object) -> int:
    token = token_of(client.get("/admin/account/"))
    return client.post(f"{SESSIONS}{which}", data={"csrf_token": token, **fields}).status_code


def events() -> list[tuple[str, str | None]]:
    db.session.rollback()
    kinds = select(SecurityEvent.kind, SecurityEvent.name).where(SecurityEvent.kind.like("session:%"))
    return [(kind, name) for kind, name in db.session.execute(kinds.order_by(SecurityEvent.id))]


def test_ones_own_are_shown_and_ended_one_by_one_or_all(app: Flask, susan: User) -> None:
    here, edge, phone = browser(app, "susan"), browser(app, "susan", EDGE), browser(app, "susan", SAFARI)
    page = here.get(SESSIONS).text
    for words in ("Firefox on Linux", "Edge on Windows", "Safari on iPhone", "127.0.0.1", "password"):
        assert words in page, words
    assert page.count("this one") == 1
    assert f'href="{SESSIONS}"' in here.get("/admin/account/").text
    ids = [row.id for row in admin_sessions()]
    assert end(here, id=ids[1]) == 303
    assert [is_open(one) for one in (here, edge, phone)] == [True, False, True]
    assert end(here, "end-all/") == 303
    assert "1 session was ended" in here.get(SESSIONS).text
    assert [is_open(one) for one in (here, edge, phone)] == [True, False, False]
    assert events() == [("session:ended", "susan")] * 2
    assert operations() == []  # of what is one's own there is nothing to tell others


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_ending_ones_own_asks_who_one_is(app: Flask, susan: User) -> None:
    here, elsewhere = browser(app, "susan"), browser(app, "susan", EDGE)
    write(update(AdminSession).values(proved_at=utcnow() - timedelta(minutes=16)))
    assert end(here, id=admin_sessions()[1].id) == end(here, "end-all/") == 403
    assert [is_open(one) for one in (here, elsewhere)] == [True, True]


def test_administrators_end_those_of_others_and_it_is_recorded(app: Flask, susan: User) -> None:
    add_administrator("john", "editor")
    here, john, elsewhere = browser(app, "susan"), browser(app, "john"), browser(app, "john", EDGE)
    key = grant_of("john").id
    address = f"{SESSIONS}?of={key}"
    assert address in here.get("/admin/administrator/").text
    page = here.get(address).text
    assert "Sessions of john" in page
    assert "this one" not in page
    ids = [row.id for row in open_sessions(key)]
    assert end(here, id=ids[0], of=key) == 303
    assert [is_open(one) for one in (here, john, elsewhere)] == [True, True, False]
    assert end(here, "end-all/", of=key) == 303
    assert [is_open(one) for one in (here, john, elsewhere)] == [True, False, False]
    assert "not signed in" in here.get(address).text
    assert operations() == [("administrator:end_sessions", "john", "susan")] * 2
    assert events() == [("session:ended", "john")] * 2
    assert "Ended sessions of “john”" in here.get("/admin/history/").text


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_the_sessions_of_others_are_there_for_administrators_only(app: Flask, susan: User) -> None:
    add_administrator("edith", "editor")
    susans, ediths = browser(app, "susan"), browser(app, "edith")
    [one] = open_sessions(grant_of("susan").id)
    susans_id, session_id = grant_of("susan").id, one.id
    assert ediths.get(f"{SESSIONS}?of={susans_id}").status_code == 404
    assert ediths.get(f"{SESSIONS}?of=4711").status_code == 404
    for form in ({"id": session_id}, {"id": session_id, "of": susans_id}, {"id": "x"}, {"id": "4711"}):
        assert end(ediths, **form) == 404, form
    assert end(ediths, "end-all/", of=susans_id) == 404
    # Nor does an administrator end one in the name of somebody else.
    assert end(susans, id=session_id, of=grant_of("edith").id) == 404
    assert is_open(susans)


@pytest.mark.every_database
def test_one_person_has_so_many_at_most(app: Flask, susan: User) -> None:
    first = signed_in_as("susan")
    others = [signed_in_as("susan") for _ in range(MOST_OPEN - 1)]
    long_ago = utcnow() - timedelta(minutes=5)
    write(update(AdminSession).where(AdminSession.id == others[3].session_id).values(last_seen_at=long_ago))
    # What ran out or was ended takes no room.
    write(update(AdminSession).where(AdminSession.id == others[5].session_id).values(ended_at=utcnow()))
    signed_in_as("susan")
    assert admin_sessions()[4].ended_at is None
    signed_in_as("susan")
    assert find_signed_in(others[3].token) is None
    assert find_signed_in(first.token) is not None
    assert len(open_sessions(grant_of("susan").id)) == MOST_OPEN


def test_browsers_are_called_what_people_call_them() -> None:
    android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36"
    mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15"
    assert browser_label(android) == "Chrome on Android"
    assert browser_label(mac) == "Safari on macOS"
    assert browser_label("curl/8.5") == "curl/8.5"
    assert browser_label("x" * 200) == "x" * 60 + "…"
    assert browser_label(None) == "Unknown browser"
