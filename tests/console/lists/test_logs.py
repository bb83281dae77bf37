"""The history and the security log are lists like any other: operators, search, sort, pages by key, files."""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Operation, SecurityEvent
from tests.browsing import sign_in
from tests.conftest import add_administrator
from tests.console.records.test_list import link
from tests.console.records.test_long_lists import hide_behind_something_slow

HISTORY, SECURITY = "/admin/history/", "/admin/security/"
DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 12)
Open = Callable[[str], FlaskClient]

OPERATIONS = [
    {"id": 1001, "kind": "post:update", "selection": "post of the sea"},
    {"id": 1002, "kind": "post:delete", "changed_rows": 300, "actor_name": "Zoë"},
    {"id": 1003, "kind": "user:delete", "table_name": "user", "actor_name": "zoe", "address": "192.0.2.7"},
    {"id": 1004, "kind": "seed", "table_name": None, "actor_kind": "command", "actor_name": "manage.py seed"},
    {"id": 1005, "kind": "post:edit", "state": "waiting", "lease_until": START},
    {"id": 1006, "kind": "post:edit", "state": "failed", "request_id": "f" * 32},
    {"id": 1007, "kind": "administrator:grant", "table_name": "backoffice_administrator"},
]
EVENTS = [
    {"id": 1001, "kind": "sign-in:refused", "name": "john", "address": "192.0.2.7"},
    {"id": 1002, "kind": "sign-in:throttled", "name": "mary", "address": "192.0.2.8"},
    {"id": 1003, "kind": "probe:filter", "name": "mary", "facts": json.dumps({"names": ["shoe_size"]})},
    {"id": 1004, "kind": "something:new", "name": None, "request_id": "e" * 32},
]


@pytest.fixture
def logs(signed_in: FlaskClient) -> FlaskClient:
    """A browser before an operation and an event of each sort, each on a day of its own."""
    base = {"kind": "post:update", "actor_kind": "person", "actor_name": "john", "table_name": "post"}
    for row in OPERATIONS:
        at = START + (int(str(row["id"])) - 1001) * DAY
        db.session.execute(insert(Operation).values({**base, "started_at": at, **row}))
    for row in EVENTS:
        at = START + (int(str(row["id"])) - 1001) * DAY
        db.session.execute(insert(SecurityEvent).values({"at": at, **row}))
    db.session.commit()
    return signed_in


@pytest.fixture
def signed_in_as(app: Flask) -> Open:
    """Signs in somebody in this role."""

    def sign_in_as(role: str) -> FlaskClient:
        add_administrator(f"the {role}", role)
        client = app.test_client()
        sign_in(client, f"the {role}")
        return client

    return sign_in_as


def exported(client: FlaskClient, address: str, kind: str = "csv") -> list[int]:
    """The numbers in the file of a list."""
    path, _, query = address.partition("?")
    answer = client.get(f"{path}export/{kind}/?{query}")
    assert answer.status_code == 200, answer.text
    if kind == "csv":
        return [int(row["id"]) for row in csv.DictReader(io.StringIO(answer.text))]
    return [json.loads(line)["id"] for line in answer.text.splitlines()]


def count(client: FlaskClient, address: str) -> str:
    found = re.search(r'<p class="count">([^<]+)', client.get(address).text)
    assert found
    return found[1].strip()


FOUND = [
    (HISTORY, "", [1007, 1006, 1005, 1004, 1003, 1002, 1001]),
    (HISTORY, "sort=started_at", [1001, 1002, 1003, 1004, 1005, 1006, 1007]),
    (HISTORY, "sort=-id", [1007, 1006, 1005, 1004, 1003, 1002, 1001]),
    (HISTORY, "actor_name_equals=zoe", [1003]),
    (HISTORY, "actor_name_in_list=zoe,+Zoë", [1003, 1002]),
    (HISTORY, "actor_name_not_in_list=zoe,john", [1004, 1002]),
    (HISTORY, "actor_name_begins_with=ZO", [1003, 1002]),
    (HISTORY, "actor_name_contains=OE", [1003]),
    (HISTORY, "kind_is=delete", [1003, 1002]),
    (HISTORY, "kind_is=delete,edit", [1006, 1005, 1003, 1002]),
    (HISTORY, "kind_is=Deleted", [1003, 1002]),
    (HISTORY, "kind_is=post:delete", [1002]),
    (HISTORY, "kind_is_not=edit,delete", [1007, 1004, 1001]),
    (HISTORY, "kind_is=purge", []),
    (HISTORY, "table_name_is=post&kind_is=delete", [1002]),
    (HISTORY, "actor_name_equals=john&table_name_is=post,backoffice_administrator", [1007, 1006, 1005, 1001]),
    (HISTORY, "actor_name_equals=john&table_name_is=Posts", [1006, 1005, 1001]),
    (HISTORY, "actor_name_equals=john&table_name_is=%22post%22&kind_is=%22edit%22", [1006, 1005]),
    (HISTORY, "actor_name_equals=john&kind_is=edit;update", [1006, 1005, 1001]),
    (HISTORY, "table_name_is_not=post", [1007, 1004, 1003]),
    (HISTORY, "state_is=unfinished", [1005]),
    (HISTORY, "state_is=failed,waiting", [1006, 1005]),
    (HISTORY, "state_is_not=done,unfinished", [1006]),
    (HISTORY, "changed_rows_greater=299", [1002]),
    (HISTORY, "address_equals=192.0.2.7", [1003]),
    (HISTORY, "started_at_between=2026-03-02..2026-03-03", [1003, 1002]),
    (HISTORY, "started_at_between=2026-03-06..", [1007, 1006]),
    (HISTORY, "started_at_between=..2026-03-02", [1002, 1001]),
    (HISTORY, "started_at_before=2026-03-02", [1001]),
    (HISTORY, "search=SEA", [1001]),
    (HISTORY, "search=ZOË", [1003, 1002]),
    (HISTORY, "search=oe", [1003, 1002]),
    (HISTORY, "search=zoe", [1003, 1002]),
    (HISTORY, "search=" + "f" * 32, [1006]),
    (SECURITY, "name_equals=mary", [1003, 1002]),
    (SECURITY, "kind_is=sign-in", [1002, 1001]),
    (SECURITY, "kind_is=sign-in:refused,probe", [1003, 1001]),
    (SECURITY, "kind_is_not=sign-in", [1004, 1003]),
    (SECURITY, "address_begins_with=192.0.2.", [1002, 1001]),
    (SECURITY, "address_not_equals=192.0.2.7", [1004, 1003, 1002]),
    (SECURITY, "at_between=2026-03-03..&sort=at", [1003, 1004]),
    (SECURITY, "search=shoe_size", [1003]),
    (SECURITY, "search=192.0.2 john", [1001]),
    (SECURITY, "search=" + "e" * 32, [1004]),
]


def matches(client: FlaskClient, address: str) -> int:
    """How many match, as the page says it."""
    number = count(client, address).partition(" match")[0]
    return 0 if number == "no" else int(number)


def test_a_list_its_count_and_its_files_are_of_the_same_rows(logs: FlaskClient) -> None:
    # What the test itself does at the doors is later.
    for page, query, expected in FOUND:
        until = "at_before=2026-06-01" if page == SECURITY else "started_at_before=2026-06-01"
        address = f"{page}?{query}&{until}"
        for kind in ("csv", "jsonl"):
            assert exported(logs, address, kind) == expected, address
        assert matches(logs, address) == len(expected), address


def test_chips_say_filters_in_the_readers_words(logs: FlaskClient) -> None:
    page = logs.get(f"{HISTORY}?kind_is=edit,purge&state_is=unfinished&started_at_between=2026-03-01..").text
    chips = re.findall(r'<li class="chip">.*?<span>(.*?)</span>', page, re.DOTALL)
    said = [" ".join(re.sub(r"<[^>]+>", "", chip).split()) for chip in chips]
    assert said == [
        "What is Changed, many at once, Forgot old history",
        "State is unfinished",
        "When from 1 March 2026",
    ]
    address = f"{SECURITY}?kind_is=sign-in&at_between=..2026-03-01"
    page = logs.get(address, headers={"Accept-Language": "es"}).text
    assert "<b>es Inicio y cierre de sesión</b>" in page
    assert "<b>hasta 1 de marzo de 2026</b>" in page


def test_what_can_be_chosen_is_offered_with_its_name(logs: FlaskClient) -> None:
    page = logs.get(HISTORY).text
    menu = page[
        page.index('<select class="form-select" id="filter"') : page.index(
            "</form>", page.index('id="filter"')
        )
    ]
    for value, words in [
        ("delete", "Deleted"), ("post", "Posts"), ("backoffice_administrator", "Administrators"),
        ("unfinished", "unfinished"),
    ]:  # fmt: skip
        assert f'<option value="{value}">{words}</option>' in menu
    assert '<option value="kind_is" data-kind="choice" data-column="kind"' in menu
    assert 'value="purge"' not in menu
    security = logs.get(SECURITY).text
    assert '<optgroup label="Probes">' in security
    assert '<option value="sign-in">All of this</option>' in security


@pytest.mark.parametrize(
    ("page", "earlier", "today"),
    [
        (HISTORY, "person=john&kind=edit", "actor_name_equals=john&kind_is=edit"),
        (HISTORY, "table=post&state=running", "table_name_is=post&state_is=unfinished"),
        (HISTORY, "from=2026-03-02&until=2026-03-03", "started_at_between=2026-03-02..2026-03-03"),
        (HISTORY, "until=2026-03-02&kind=delete", "kind_is=delete&started_at_between=..2026-03-02"),
        (SECURITY, "person=mary&kind=sign-in", "name_equals=mary&kind_is=sign-in"),
        (SECURITY, "address=192.0.2.7&from=2026-03-01", "address_equals=192.0.2.7&at_between=2026-03-01.."),
    ],
)
def test_addresses_of_before_ask_for_the_same(logs: FlaskClient, page: str, earlier: str, today: str) -> None:
    assert exported(logs, f"{page}?{earlier}") == exported(logs, f"{page}?{today}") != []
    assert count(logs, f"{page}?{earlier}") == count(logs, f"{page}?{today}")
    shown = logs.get(f"{page}?{earlier}&page_size=10").text
    assert html.escape(f"{page}?{today}&page_size=20") in shown


def test_a_choice_that_there_is_not_is_said_and_finds_nothing(logs: FlaskClient) -> None:
    for address in (
        f"{HISTORY}?kind_is=delete,burn",
        f"{HISTORY}?state_is_not=burnt",
        f"{HISTORY}?table_name_is=backoffice_seal",
        f"{SECURITY}?kind_is=sign",
    ):
        page = logs.get(address).text
        assert "There is no choice called" in page, address
        assert "chip-error" in page
        assert 'role="cell"' not in page


def test_headings_sort(logs: FlaskClient) -> None:
    page = logs.get(HISTORY).text
    assert re.search(r'aria-sort="descending">\s*<a href="/admin/history/\?sort=started_at">When', page)
    by_name = logs.get(f"{HISTORY}?sort=actor_name").text
    assert re.search(r'aria-sort="ascending">\s*<a href="/admin/history/\?sort=-actor_name">Who', by_name)
    assert 'aria-sort="descending"' in logs.get(SECURITY).text


def test_a_day_is_gone_to_and_pages_lead_on_and_back(app: Flask, logs: FlaskClient) -> None:
    app.config["PAGE_SIZE"] = 10
    at = START - 9 * DAY
    rows = [{"id": 2000 + n, "at": at + n * DAY / 24, "kind": "probe:id", "name": "x"} for n in range(60)]
    db.session.execute(insert(SecurityEvent), rows)
    db.session.commit()
    page = logs.get(f"{SECURITY}?name_equals=x&at=2026-02-21").text
    assert "Go to date" in page
    assert '<input type="hidden" name="name_equals" value="x">' in page
    before = logs.get(link(page, "Previous")).text
    assert logs.get(link(before, "Next")).text.count("security-list") == 1
    assert re.search(r'href="[^"]*page_size=100', page)
    assert re.search(r'<p class="count">60 match', page)


def test_files_are_for_whom_the_list_is(logs: FlaskClient, signed_in_as: Open) -> None:
    viewer, editor = signed_in_as("viewer"), signed_in_as("editor")
    assert [one.get(f"{HISTORY}export/csv/").status_code for one in (viewer, editor, logs)] == [403, 200, 200]
    assert [one.get(f"{SECURITY}export/csv/").status_code for one in (viewer, editor, logs)] == [
        403,
        403,
        200,
    ]
    offered = [f"{HISTORY}export/csv/" in one.get(HISTORY).text for one in (viewer, editor, logs)]
    assert offered == [False, True, True]
    assert f"{SECURITY}export/jsonl/" in logs.get(SECURITY).text
    assert logs.get(f"{HISTORY}export/xlsx/").status_code == 404


def test_what_somebody_may_not_see_is_in_no_list_count_search_or_file(
    logs: FlaskClient, signed_in_as: Open
) -> None:
    editor = signed_in_as("editor")
    for query in ("", "kind_is=grant", "search=john", "table_name_is_not=post"):
        address = f"{HISTORY}?{query}&started_at_before=2026-06-01"
        assert 1007 in exported(logs, address), query
        assert 1007 not in exported(editor, address), query
        shown, whole = (matches(one, address) for one in (editor, logs))
        assert whole == shown + 1, query
    refused = editor.get(f"{HISTORY}?table_name_is=backoffice_administrator").text
    assert "There is no choice called" in refused
    assert "Administrators" not in re.findall(r"<template.*?</template>", refused, re.DOTALL)[0]


def test_no_file_of_the_history_or_the_log_holds_a_hash(logs: FlaskClient) -> None:
    for page in (HISTORY, SECURITY):
        for kind in ("csv", "jsonl"):
            assert "$2b$" not in logs.get(f"{page}export/{kind}/").text


def test_files_say_times_in_utc_and_what_is_recorded(logs: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(logs.get(f"{HISTORY}export/csv/?kind_is=seed").text)))
    assert [(row["actor_name"], row["started_at"], row["kind"]) for row in rows] == [
        ("manage.py seed", "2026-03-04T12:00:00.000000Z", "seed")
    ]
    answer = logs.get(f"{SECURITY}export/jsonl/?name_equals=john&at_before={utcnow():%Y-%m-%d}")
    assert answer.mimetype == "application/jsonl"
    assert re.search(
        r'filename="security-log-filtered-[\dT-]+Z\.jsonl"', answer.headers["Content-Disposition"]
    )
    assert json.loads(answer.text) == {
        "id": 1001, "at": "2026-03-01T12:00:00.000000Z", "kind": "sign-in:refused", "name": "john",
        "address": "192.0.2.7", "request_id": None, "facts": "{}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "table"), [(HISTORY, "backoffice_operation"), (SECURITY, "backoffice_security_event")]
)
def test_a_list_that_takes_too_long_is_cut_off_and_says_what_to_narrow(
    logs: FlaskClient, app: Flask, page: str, table: str
) -> None:
    hide_behind_something_slow(app, table)
    answer = logs.get(f"{page}?search=john")
    assert answer.status_code == 503
    assert "This list was cut off" in answer.text
    assert "longer or rarer word" in answer.text
    assert "last_7_days=" in answer.text
    assert 'name="filter"' in answer.text
