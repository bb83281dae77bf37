"""The page of the security log, and what a person is told at their next sign-in."""

import html
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from backoffice.accounts.administrators import disable, enable
from backoffice.accounts.passwords.change import set_password
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import SecurityEvent, User
from backoffice.security import record_event
from tests.accounts.people import grant_of
from tests.browsing import sign_in, submit
from tests.conftest import PASSWORD, add_administrator

LOG = "/admin/security/"
ROW = re.compile(r'<tr role="row">\s*<td.*?</tr>', re.DOTALL)
MESSAGE = re.compile(r'class="message[^>]*>.*?<p>(.*?)</p>', re.DOTALL)
DAY = timedelta(days=1)


def write(*rows: dict[str, Any]) -> None:
    for row in rows:
        db.session.execute(
            insert(SecurityEvent).values({"facts": "{}", "name": "john", "at": utcnow()} | row)
        )
    db.session.commit()


def shown(client: FlaskClient, address: str = LOG) -> list[str]:
    """The rows of the page, each as its text."""
    rows = ROW.findall(client.get(address).text)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def told(client: FlaskClient) -> list[str]:
    return [html.unescape(message.strip()) for message in MESSAGE.findall(client.get("/admin/").text)]


def test_it_says_what_happened_to_whom_and_from_where(signed_in: FlaskClient) -> None:
    write({"kind": "sign-in:refused", "address": "192.0.2.7", "facts": json.dumps({"reason": "password"})})
    write({"kind": "administrator:granted", "facts": json.dumps({"role": "editor", "by": "susan"})})
    write({"kind": "administrator:disabled", "facts": json.dumps({"by": "susan"})})
    write(
        {
            "kind": "probe:filter",
            "facts": json.dumps({"names": ["password_hash"], "page": "GET /admin/user/"}),
        }
    )
    write({"kind": "something:new", "name": None, "request_id": "r" * 32})
    newest, probe, disabled, granted, refused, *others = shown(signed_in)
    assert newest.startswith("something:new nobody known")
    assert "r" * 32 in newest
    assert probe.startswith("Asked a list for what it does not show: password_hash, GET /admin/user/ john")
    assert disabled.startswith("Access disabled: by susan john")
    assert granted.startswith("Access given: Editor, by susan john")
    assert refused.startswith("Could not sign in: wrong password john")
    assert "192.0.2.7" in refused
    assert [row.partition(" susan")[0] for row in others] == ["Signed in: password"]


@pytest.mark.every_database
def test_it_is_filtered_by_its_address(signed_in: FlaskClient) -> None:
    write(
        {"kind": "sign-in:refused", "address": "192.0.2.7", "at": datetime(2026, 3, 1, 12)},
        {"kind": "sign-in:throttled", "name": "mary", "at": datetime(2026, 3, 2, 12)},
        {"kind": "probe:id", "name": "mary", "at": datetime(2026, 3, 3, 12)},
    )
    found = {
        "person=mary": 2,
        "kind=sign-in": 3,
        "kind=sign-in:refused": 1,
        "kind=probe&person=mary": 1,
        "address=192.0.2.7": 1,
        "from=2026-03-02&until=2026-03-02": 1,
        "until=2026-03-02": 2,
        "from=yesterday-ish": 0,
        "kind=50%": 0,
    }
    assert {query: len(shown(signed_in, f"{LOG}?{query}")) for query in found} == found
    page = signed_in.get(f"{LOG}?kind=sign-in&person=").location
    assert page == f"{LOG}?kind=sign-in"


@pytest.mark.every_database
def test_it_is_paged(app: Flask, signed_in: FlaskClient) -> None:
    app.config["PAGE_SIZE"] = 10
    write(*({"kind": "probe:id", "name": f"number {number:02}"} for number in range(25)))
    seen, address = [], f"{LOG}?kind=probe"
    while address:
        page = signed_in.get(address).text
        seen += re.findall(r"number \d\d(?=</span>)", page)
        following = re.search(r'href="([^"]+)"><span>Next', page)
        address = html.unescape(following[1]) if following else ""
    assert seen == [f"number {number:02}" for number in reversed(range(25))]


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_it_is_for_those_who_administer_accounts(app: Flask, client: FlaskClient, role: str) -> None:
    add_administrator("vera", role)
    sign_in(client, "vera")
    assert client.get(LOG).status_code == 403
    assert LOG not in client.get("/admin/").text


def test_at_the_first_sign_in_there_is_nothing_to_tell(signed_in: FlaskClient) -> None:
    assert told(signed_in) == []


def test_one_is_told_of_the_last_sign_in_and_of_what_was_tried_since(app: Flask, susan: User) -> None:
    app.test_client().post("/login")
    sign_in(app.test_client(), "susan")
    for _ in range(3):
        submit(app.test_client(), "/login", username="susan", password="wrong password")
    with acting_as(Actor("visitor", "visitor", None, "192.0.2.7")):
        record_event("second-factor:refused", administrator_id=grant_of("susan").id, name="susan")
    client = app.test_client()
    sign_in(client, "susan")
    last, wrong, factor = told(client)
    assert re.fullmatch(r"You last signed in on .* UTC, from 127\.0\.0\.1\.", last)
    assert wrong == "Since then somebody has tried to sign in as you 3 times, with a wrong password."
    assert factor.startswith("Once the password was right and the second factor was wrong. If this was not")
    assert told(client) == []
    again = app.test_client()
    sign_in(again, "susan")
    assert len(told(again)) == 1


def test_one_is_told_who_changed_how_one_signs_in(app: Flask, susan: User) -> None:
    add_administrator("mary", "administrator")
    sign_in(app.test_client(), "mary")
    with acting_as(Actor("person", "susan", susan.id)):
        mary = grant_of("mary")
        disable(mary.id)
        enable(mary.id)
        set_password(grant_of("mary").user_id, PASSWORD)
    client = app.test_client()
    sign_in(client, "mary")
    assert told(client)[1:] == ["How you sign in was changed since then: Password changed, by susan."]
