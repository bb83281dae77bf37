"""The security log: every authentication event is in it, whole, once, and without a secret."""

import json
import logging
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from backoffice import create_app
from backoffice.accounts.administrators import create_administrator, disable, enable, grant_access, revoke
from backoffice.accounts.passwords.change import set_password
from backoffice.clock import utcnow
from backoffice.console.http.probes import NAME
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import SecurityEvent, User
from backoffice.security import record_event
from tests.accounts.people import add_grant, add_user, grant_of
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD, add_administrator, settings
from tests.processes import Printing

SECRET = "Tr0ub4dor & 3 horses"
FORGED = 'nobody"}\n{"kind": "sign-in:succeeded", "name": "susan"}\r\n\u2028\x1b[2J'

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """What stands in the log, line by line."""
    caplog.set_level(logging.INFO, "backoffice.security")

    def read() -> list[dict[str, Any]]:
        messages = [record.getMessage() for record in caplog.records if record.name == "backoffice.security"]
        assert all(message.isascii() and message.isprintable() for message in messages)
        return [json.loads(message) for message in messages]

    return read


def events() -> list[SecurityEvent]:
    db.session.rollback()
    return list(db.session.scalars(select(SecurityEvent).order_by(SecurityEvent.id)))


def kinds() -> list[str]:
    return [event.kind for event in events()]


def test_signing_in_and_out_is_noted(client: FlaskClient, susan: User, lines: Lines) -> None:
    answers = [
        submit(client, "/login", username="Susan@example.com", password="wrong password"),
        sign_in(client, "susan"),
        submit(client, "/admin/account/", "/logout"),
    ]
    found = events()
    assert [event.kind for event in found] == ["sign-in:refused", "sign-in:succeeded", "sign-in:ended"]
    number = grant_of("susan").id
    for event, answer, line in zip(found, answers, lines(), strict=True):
        assert (event.administrator_id, event.name, event.address) == (number, "susan", "127.0.0.1")
        assert event.request_id == answer.headers["X-Request-ID"] == line["request_id"]
        assert line["at"].endswith("Z")
    assert json.loads(found[0].facts) == {"reason": "password"}
    assert json.loads(found[1].facts)["method"] == "password"


def test_nobody_can_forge_a_line(client: FlaskClient, lines: Lines) -> None:
    for name in (FORGED, "nobody", "NOBODY", "x" * 254):
        submit(client, "/login", username=name, password="wrong password")
    found = lines()
    assert [(line["kind"], line["name"]) for line in found] == [("sign-in:refused", None)] * 4
    digests = [line["facts"]["name_digest"] for line in found]
    assert len(set(digests)) == 3
    assert digests[1] == digests[2]


def test_no_secret_is_in_it_wherever_it_was_typed(
    client: FlaskClient, susan: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in (SECRET, "susan", f"{SECRET}@example.com"):
        submit(client, "/login", username=name, password=SECRET)
    sign_in(client, "susan")
    for address in ("/admin/user/", "/admin/user/details/", "/admin/history/details/", "/admin/security/"):
        client.get(address, query_string={"id": SECRET, "sort": SECRET, SECRET: SECRET, "search": SECRET})
    token = token_of(client.get("/admin/user/new/"))
    form = {"csrf_token": token, "id": SECRET, "rowid": SECRET, "action": "delete", SECRET: SECRET}
    for page in ("user/action/", "user/delete/", "user/edit/?id=1", "post/new/"):
        client.post(f"/admin/{page}", data={**form, "password_hash": SECRET})
    client.post("/admin/user/delete/", data={"csrf_token": SECRET})
    submit(client, "/admin/account/", current_password=SECRET, new_password=SECRET, new_password_again=SECRET)
    assert {"probe:filter", "probe:id", "probe:field", "form:refused", "password:refused"} <= set(kinds())
    assert SECRET[:9] not in caplog.text
    rows = db.session.execute(text("SELECT * FROM backoffice_security_event")).all()
    throttles = db.session.execute(text("SELECT * FROM backoffice_throttle")).all()
    assert SECRET[:9] not in str([*rows, *throttles])


def test_probes_are_noted_and_ordinary_pages_are_not(signed_in: FlaskClient, susan: User) -> None:
    begun = len(kinds())
    ordinary = [
        "/admin/user/?search=su&sort=-username&page_size=10&username_contains=s&page=x",
        "/admin/user/?filter=username_contains&value=s",
        f"/admin/user/details/?id={susan.id}",
        f"/admin/user/edit/?id={susan.id}&url=/admin/user/",
        "/admin/post/export/csv/?author_is=susan",
        "/admin/history/",
        "/no/such/page",
    ]
    for address in ordinary:
        signed_in.get(address)
    form = {"username": "susan", "email": "s@example.com", "_add_another": "1"}
    submit(signed_in, f"/admin/user/edit/?id={susan.id}", **form)
    assert kinds()[begun:] == []
    probes = [
        "/admin/user/?password_hash_begins_with=x",
        "/admin/user/?sort=password_hash",
        "/admin/user/?filter=password_hash_equals&value=x",
        "/admin/post/export/csv/?author_password_hash_contains=x",
        "/admin/user/details/?id=999999",
        "/admin/user/edit/?id=1 OR 1=1",
    ]
    for address in probes:
        signed_in.get(address)
    token = token_of(signed_in.get("/admin/user/new/"))
    form = {"csrf_token": token, "username": "eve", "email": "eve@example.com"}
    signed_in.post("/admin/user/new/", data={**form, "password_hash": "x", "is_admin": "1"})
    signed_in.post("/admin/user/action/", data={**form, "action": "delete", "rowid": ["1", "1abc"]})
    found = events()[begun:]
    expected = ["probe:filter"] * 4 + ["probe:id"] * 2 + ["probe:field", "probe:id"]
    assert [event.kind for event in found] == expected
    assert json.loads(found[0].facts)["names"] == ["password_hash_begins_with"]
    assert json.loads(found[6].facts)["names"] == ["is_admin", "password_hash"]
    assert {event.name for event in found} == {"susan"}


def test_refusals_and_failures_are_noted(
    app: Flask, client: FlaskClient, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_administrator("vera", "viewer")
    sign_in(client, "vera")
    client.get("/admin/administrator/")
    client.post("/logout")

    def fail() -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setitem(app.view_functions, "sign_in.login", fail)
    assert client.get("/login").status_code == 500
    assert kinds() == ["sign-in:succeeded", "access:refused", "form:refused"]
    assert [(line["kind"], line["name"]) for line in lines()][1:] == [
        ("access:refused", "vera"),
        ("form:refused", "vera"),
        ("request:failed", None),  # it may be the database that failed, which is not asked who this is
    ]


def test_changes_of_access_are_noted_with_whoever_made_them(app: Flask, susan: User) -> None:
    mary = add_user("mary").id
    with acting_as(Actor("person", "susan", susan.id, "192.0.2.7", "r" * 32)):
        create_administrator("john", "john@example.com", "editor", PASSWORD)
        grant_access(mary, "viewer")
        number = grant_of("mary").id
        disable(number)
        enable(number)
        revoke(number)
        set_password(mary, "another password")
    found = events()
    assert [(event.kind.partition(":")[2], event.name) for event in found] == [
        ("granted", "john"),
        ("granted", "mary"),
        ("disabled", "mary"),
        ("enabled", "mary"),
        ("revoked", "mary"),
        ("changed", "mary"),
    ]
    assert [event.administrator_id for event in found[1:]] == [number] * 4 + [None]
    assert {json.loads(event.facts)["by"] for event in found} == {"susan"}
    assert {event.address for event in found} == {"192.0.2.7"}


def test_why_somebody_was_refused(app: Flask, client: FlaskClient) -> None:
    add_grant(add_user("diana"), disabled_at=utcnow())
    renamed = add_user("old")
    add_grant(renamed)
    renamed.username = "renamed"
    db.session.commit()
    add_grant(add_user("empty", hashed=""))
    for name in ("diana", "renamed", "empty", "nobody"):
        submit(client, "/login", username=name, password=PASSWORD)
    found = [(event.name, json.loads(event.facts)["reason"]) for event in events()]
    assert found == [("diana", "disabled"), ("old", "stale"), ("empty", "no password"), (None, "unknown")]


@pytest.mark.every_database
def test_a_run_of_refusals_is_one_row_and_every_line(client: FlaskClient, susan: User, lines: Lines) -> None:
    token = token_of(client.get("/login"))
    for _ in range(15):
        client.post("/login", data={"csrf_token": token, "username": "susan", "password": "wrong password"})
    assert Counter(kinds()) == {"sign-in:refused": 10, "sign-in:throttled": 1}
    assert Counter(line["kind"] for line in lines()) == {"sign-in:refused": 10, "sign-in:throttled": 5}


@pytest.mark.every_database
def test_a_flood_from_one_address_does_not_fill_the_table(app: Flask, lines: Lines) -> None:
    for address in ("192.0.2.7", "192.0.2.8"):
        with acting_as(Actor("visitor", "visitor", None, address)):
            for _ in range(70):
                record_event("probe:id")
    with acting_as(Actor("person", "susan", 1, "192.0.2.7")):
        for _ in range(70):
            record_event("sign-in:succeeded")
    assert Counter((event.kind, event.address) for event in events()) == {
        ("probe:id", "192.0.2.7"): 60,
        ("probe:id", "192.0.2.8"): 60,
        ("sign-in:succeeded", "192.0.2.7"): 70,
    }
    assert len(lines()) == 210


def test_what_the_names_of_things_look_like() -> None:
    assert NAME.fullmatch("password_hash_begins_with")
    assert not NAME.fullmatch(SECRET)


def test_each_event_is_one_line_on_standard_error(tmp_path: Path) -> None:
    [line] = Printing(note_one, f"sqlite:///{tmp_path / 'none.db'}").end().splitlines()
    assert json.loads(line)["facts"]["reason"] == "one\ntwo"


def note_one(url: str) -> None:
    """Be a console that notes one event and says nothing else; the second application adds nothing."""
    sys.stdout.close()
    for _ in range(2):
        app = create_app(settings(url))
    with app.app_context():
        record_event("access:refused", persist=False, reason="one\ntwo")
