"""Passkeys, beside a password and instead of one: what a device signed counts once, here and now."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backoffice.accounts.mfa import one_time_challenges
from backoffice.accounts.rate_limits.buckets import Limit
from backoffice.accounts.sessions.session import has_second_factor
from backoffice.clock import utcnow
from backoffice.console.auth import mfa
from backoffice.extensions import db
from backoffice.models import Administrator, Passkey, UsedChallenge, User
from tests.accounts.device import PRESENT, Device, Form, passkey_form
from tests.accounts.factors import CODES, FACTORS, MFA_CHALLENGE, events, password
from tests.accounts.people import admin_sessions, grant_of, operations, write
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator

SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
ACCOUNT, PASSKEYS, INSTEAD = "/admin/account/", f"{FACTORS}passkeys/", "/login/passkey"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def add_passkey(client: FlaskClient, device: Device, **fields: str) -> TestResponse:
    form = passkey_form(client, FACTORS)
    return client.post(PASSKEYS, data={**form.fields, "answer": device.make(form.options), **fields})


def use(client: FlaskClient, device: Device, form: Form, address: str = INSTEAD) -> TestResponse:
    return client.post(address, data={**form.fields, "answer": device.use(form.options)})


@pytest.fixture
def device(signed_in: FlaskClient) -> Device:
    """A device with a passkey of susan's, who is signed in."""
    device = Device()
    assert add_passkey(signed_in, device).status_code == 200
    return device


def test_adding_using_and_removing_one(app: Flask, signed_in: FlaskClient) -> None:
    elsewhere, device = app.test_client(), Device()
    sign_in(elsewhere, "susan")
    added = add_passkey(signed_in, device, name="Susan's  key\x01")
    assert len(CODES.findall(added.text)) == 10
    assert not is_signed_in(elsewhere)
    page = signed_in.get(FACTORS).text
    assert 'value="Susan&#39;s key"' in page
    assert "never used yet" in page

    # Beside the password
    assert password(elsewhere).location == MFA_CHALLENGE
    form = passkey_form(elsewhere, MFA_CHALLENGE)
    assert [one["id"] for one in form.options["allowCredentials"]]
    assert use(elsewhere, device, form, MFA_CHALLENGE).status_code == 303
    assert is_signed_in(elsewhere)
    # Instead of it
    other = app.test_client()
    form = passkey_form(other, "/login")
    assert form.options["allowCredentials"] == []
    assert form.options["userVerification"] == "required"
    answer = other.post(
        f"{INSTEAD}?next=/admin/post/",
        data={**form.fields, "answer": device.use(form.options), "remember": "y"},
    )
    assert answer.location == "/admin/post/"
    assert is_signed_in(other)
    rows = admin_sessions()
    assert [row.method for row in rows] == ["password", "password", "passkey", "passkey"]
    assert rows[-1].remembered
    assert "last used on" in signed_in.get(FACTORS).text

    key = db.session.scalars(select(Passkey.id)).one()
    assert submit(signed_in, FACTORS, f"{PASSKEYS}rename/", id=key, name="  ").status_code == 303
    assert submit(signed_in, FACTORS, f"{PASSKEYS}remove/", id=key).status_code == 303
    assert not is_signed_in(other)
    assert not has_second_factor(grant_of("susan").id)
    form = passkey_form(other, "/login")
    assert use(other, device, form).location == "/login"
    assert [kind for kind, *_ in operations()] == [
        "administrator:passkey:add",
        "administrator:passkey:remove",
    ]
    assert events() == ["passkey:added", "recovery-codes:made", "passkey:removed", "passkey:refused"]


@pytest.mark.every_database
def test_what_was_answered_counts_once(app: Flask, device: Device) -> None:
    browser = app.test_client()
    form = passkey_form(browser, "/login")
    answer = device.use(form.options)

    def send(_number: int) -> str | None:
        copy, cookie = app.test_client(), browser.get_cookie("backoffice_session")
        assert cookie is not None
        copy.set_cookie("backoffice_session", cookie.value)
        return copy.post(INSTEAD, data={**form.fields, "answer": answer}).location

    with ThreadPoolExecutor(5) as several:
        assert sorted(several.map(send, range(5)), key=str) == ["/admin/"] + ["/login"] * 4
    assert send(0) == "/login"
    assert len(admin_sessions()) == 2


def wrong_devices(device: Device) -> dict[str, Device]:
    same: dict[str, Any] = {"credential_id": device.credential_id, "handle": device.handle}
    right = {**same, "key": device.key, "count": 5}
    return {
        "another key": Device(**same, count=5),
        "another page": Device(**{**right, "origin": "http://evil.example"}),
        "another port": Device(**{**right, "origin": "http://localhost:8080"}),
        "another host": Device(**{**right, "host": "evil.example"}),
        "nobody there": Device(**{**right, "flags": 0}),
        "somebody there": Device(**{**right, "flags": PRESENT}),
        "a copy": Device(**{**right, "count": device.count - 1}),
        "unknown": Device(key=device.key, handle=device.handle),
        "another person": Device(**{**right, "handle": "AAAA"}),
        "no person": Device(**{**right, "handle": ""}),
    }


@SQLITE
def test_what_is_not_as_it_should_be_opens_nothing(app: Flask, device: Device) -> None:
    client, before = app.test_client(), len(admin_sessions())
    device.count = 3
    write(update(Passkey).values(sign_count=3))
    for what, wrong in wrong_devices(device).items():
        form = passkey_form(client, "/login")
        assert use(client, wrong, form).location == "/login", what
        assert not is_signed_in(client), what
    for text in ("", "x", "{}", "[]", '"', "null", json.dumps({"id": 1}), "[" * 10_000, "9" * 30_000):
        form = passkey_form(client, "/login")
        assert client.post(INSTEAD, data={**form.fields, "answer": text}).location == "/login", text[:10]
    assert len(admin_sessions()) == before
    # Nobody fills the table with wrong answers: what is there is of the time when the passkey was added.
    assert len(db.session.scalars(select(UsedChallenge)).all()) == 1
    assert set(events()[2:]) == {"passkey:refused"}
    assert use(client, device, passkey_form(client, "/login")).location == "/admin/"


@SQLITE
def test_a_challenge_is_good_for_its_purpose_its_browser_and_its_time(
    app: Flask, signed_in: FlaskClient, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = app.test_client(), app.test_client()
    asked = passkey_form(one, "/login")
    fields = {**passkey_form(other, "/login").fields, "challenge": asked.fields["challenge"]}
    assert other.post(INSTEAD, data={**fields, "answer": device.use(asked.options)}).location == "/login"

    # What only asked for somebody's presence, beside their password, does not stand for it.
    password(one)
    form = passkey_form(one, MFA_CHALLENGE)
    device.flags = PRESENT
    answer = {**form.fields, "answer": device.use(form.options)}
    assert one.post(INSTEAD, data=answer).location == "/login"
    password(one)
    form = passkey_form(one, MFA_CHALLENGE)
    assert use(one, device, form, MFA_CHALLENGE).status_code == 303

    device.flags |= 0x04
    form = passkey_form(other, "/login")
    with monkeypatch.context() as patch:
        patch.setattr(one_time_challenges, "LASTS", timedelta(seconds=-1))
        assert use(other, device, form).location == "/login"
    assert use(other, device, form).location == "/admin/"


@SQLITE
def test_a_new_passkey_has_to_be_what_was_asked_for(app: Flask, signed_in: FlaskClient) -> None:
    for wrong in (
        Device(origin="http://evil.example"),
        Device(host="evil.example"),
        Device(flags=PRESENT),
        Device(credential_id=b"x" * 2000),
    ):
        assert add_passkey(signed_in, wrong).status_code == 400
    form = passkey_form(signed_in, FACTORS)
    assert signed_in.post(PASSKEYS, data=form.fields).status_code == 400
    device = Device()
    answer = {**form.fields, "answer": device.make(form.options)}
    assert signed_in.post(PASSKEYS, data=answer).status_code == 200
    assert signed_in.post(PASSKEYS, data=answer).status_code == 400
    assert add_passkey(signed_in, device).status_code == 409  # known already
    again = passkey_form(signed_in, FACTORS).options
    assert [one["id"] for one in again["excludeCredentials"]]
    assert again["user"]["id"] == device.handle
    assert add_passkey(signed_in, Device()).status_code == 303


@SQLITE
def test_an_address_cannot_send_wrong_ones_for_ever(
    app: Flask, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mfa, "WRONG_PASSKEYS", Limit("two", 2, timedelta(hours=1)))
    client = app.test_client()
    for _ in range(5):  # a right one is not counted
        assert use(client, device, passkey_form(client, "/login")).location == "/admin/"
        submit(client, ACCOUNT, "/logout")
    unknown = Device(handle=device.handle)
    answers = []
    for number in range(3):  # of IPv6 they count by the network
        client.environ_base["REMOTE_ADDR"] = f"2001:db8::{number}"
        answers.append(use(client, unknown, passkey_form(client, "/login")).status_code)
    assert answers == [303, 303, 429]


@SQLITE
def test_whose_access_is_gone_is_not_let_in_by_a_passkey(app: Flask, device: Device) -> None:
    for change in (
        update(Administrator).values(disabled_at=utcnow()),
        update(Administrator).values(disabled_at=None, username="somebody else"),
    ):
        write(change)
        client = app.test_client()
        assert use(client, device, passkey_form(client, "/login")).location == "/login"
        assert not is_signed_in(client)


@SQLITE
def test_a_passkey_of_somebody_else_is_no_second_factor(
    app: Flask, signed_in: FlaskClient, device: Device
) -> None:
    add_administrator("john", "editor")
    john, johns = app.test_client(), Device()
    sign_in(john, "john")
    add_passkey(john, johns)
    browser = app.test_client()
    password(browser, "john")
    form = passkey_form(browser, MFA_CHALLENGE)
    wrong = use(browser, device, form, MFA_CHALLENGE)
    assert wrong.status_code == 401
    assert "This passkey was not accepted" in wrong.text
    assert use(browser, johns, passkey_form(browser, MFA_CHALLENGE), MFA_CHALLENGE).status_code == 303
    key = db.session.scalars(select(Passkey.id).where(Passkey.administrator_id == grant_of("john").id)).one()
    for verb in ("rename", "remove"):
        for wrong_id in (key, 0, "x", "9" * 30):
            answer = submit(signed_in, FACTORS, f"{PASSKEYS}{verb}/", id=wrong_id, name="mine")
            assert answer.status_code == 404
    app.config["SECOND_FACTOR_ROLES"] = ["editor"]
    assert submit(browser, FACTORS, f"{PASSKEYS}remove/", id=key).status_code == 409


@SQLITE
def test_who_came_by_a_number_is_told_that_there_are_no_passkeys(app: Flask, susan: User) -> None:
    app.config["HOST_NAMES"] = None
    client = app.test_client()
    for address, sentence, link in (
        (
            "http://127.0.0.1:5000",
            "on localhost, not on 127.0.0.1",
            "http://localhost:5000/login?next=/admin/",
        ),
        ("http://[::1]:5000", "on localhost, not on ::1", "http://localhost:5000/login?next=/admin/"),
        ("http://192.0.2.7", "not on a number like 192.0.2.7", None),
    ):
        page = client.get("/login?next=/admin/", base_url=address).text
        assert sentence in page
        assert "data-passkey" not in page
        assert ("Go to localhost" in page) is (link is not None)
        assert link is None or f'href="{link}"' in page
    assert "data-passkey" in client.get("/login", base_url="https://console.example").text
