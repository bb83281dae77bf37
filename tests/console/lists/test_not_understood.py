"""What an address asks for and is not understood is said, and nothing is shown, exported or acted on."""

import html
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from werkzeug.datastructures import MultiDict

from backoffice.console.lists.arguments import without_trackers
from backoffice.console.records.declarations import record_form
from backoffice.extensions import db
from backoffice.models import Operation, Post, SecurityEvent, Selection, User
from backoffice.registry import registry
from tests.browsing import sign_in, token_of

POSTS, USERS = "/admin/post/", "/admin/user/"
HISTORY, SECURITY, TRASH = "/admin/history/", "/admin/security/", "/admin/history/trash/"
START = datetime(2026, 3, 1, 12)
LISTS = {
    POSTS: ("author", "timestamp"),
    USERS: ("username", "email"),
    HISTORY: ("actor_name", "started_at"),
    SECURITY: ("name", "at"),
}
MEANT, WRITTEN = "Did you mean", "Filters are written with column and question here, like"
ORDERED = "An order has a column's name here:"
# Names that no list has; asked of each.
UNKNOWN = [
    "bodycontains=zzz",
    "body__contains=zzz",
    "author=",
    "nothing",
    "q=x",
    "Search=x",
    "search =x",
    "sort_by=id",
    "order=id",
    "limit=10",
    "per_page=10",
    "offset=5",
    "value=x",
    "password_hash_equals=x",
    "password_hash_begins_with=%24",
    "=x",
    "flt0_1=x",
    "flt1_name_contains=x",
    "flt0_author_equals=susan",
    "desc=1",
    "utmost=1",
    "gclids=1",
    "__=1",
    "é=1",
]
# Values that no list has.
WRONG = [
    "sort=nonsense",
    "sort=password_hash",
    "sort=--id",
    "sort=id,nothing",
    "sort=0",
    "sort=3",
    "sort=-1",
    "sort=ID",
    "page=2",
    "page=0",
    "page=-1",
    "page=x",
    "page=99999999999999999999",
    "page=LAST",
    "page=" + "A" * 5000,
    "page_size=ten",
    "page_size=1.5",
    "page_size=٣",
    "count=yes",
    "count=Exact",
    "search=" + "+".join(f"word{number}" for number in range(11)),
    "search=" + "x" * 201,
    "search=a&search=b",
    "sort=id&sort=-id",
    "page_size=10&page_size=20",
]


@pytest.fixture
def lists(signed_in: FlaskClient) -> FlaskClient:
    """A browser before lists that all have rows."""
    db.session.execute(insert(Post), [{"body": f"post {n}", "timestamp": START} for n in range(3)])
    operation = {"kind": "post:update", "actor_kind": "person", "actor_name": "john", "started_at": START}
    db.session.execute(insert(Operation).values(operation))
    db.session.execute(insert(SecurityEvent).values(at=START, kind="sign-in:refused", name="john"))
    db.session.commit()
    return signed_in


def rows(page: str) -> int:
    """How many rows a list shows."""
    return len(re.findall(r'<tr role="row"(?! data-label)', page.partition("<tbody")[2]))


def chips(page: str) -> list[str]:
    """What the red chips say."""
    found = re.findall(r'<li class="chip chip-error">(.*?)<a class="chip-remove"', page, re.DOTALL)
    return [html.unescape(" ".join(re.sub(r"<[^>]+>", "", chip).split())) for chip in found]


def removals(page: str) -> list[str]:
    """Where the crosses of the red chips lead."""
    found = re.findall(r'chip-error">.*?<a class="chip-remove" href="([^"]*)"', page, re.DOTALL)
    return [html.unescape(url) for url in found]


@pytest.mark.parametrize("address", LISTS)
def test_each_list_has_rows_where_all_is_understood(lists: FlaskClient, address: str) -> None:
    column = LISTS[address][1]
    for query in ("", "page_size=10", f"sort=-{column}" if address != USERS else "sort=email", "page=last",
                  "count=exact", "search=", "sort=&page=&at=&page_size=&count=", f"{LISTS[address][0]}_is="
                  if address == POSTS else f"{LISTS[address][0]}_equals="):  # fmt: skip
        page = lists.get(f"{address}?{query}").text
        assert rows(page) > 0, query
        assert not chips(page), query


@pytest.mark.parametrize("address", LISTS)
def test_what_is_not_understood_is_said_and_no_row_is_shown(lists: FlaskClient, address: str) -> None:
    for query in (*UNKNOWN, *WRONG):
        answer = lists.get(f"{address}?{query}")
        assert answer.status_code == 200, query
        assert rows(answer.text) == 0, query
        assert len(chips(answer.text)) == 1, query
        assert "Not all that is asked for is understood" in answer.text, query
        for offered in ("export/csv", 'name="action"', 'class="count"'):
            assert offered not in answer.text, query


@pytest.mark.parametrize("address", LISTS)
def test_it_makes_no_file(lists: FlaskClient, address: str) -> None:
    for query in (*UNKNOWN, *WRONG, "timestamp_after=yesterday", "filter=author_is&value=x"):
        for kind in ("csv", "jsonl"):
            answer = lists.get(f"{address}export/{kind}/?{query}")
            assert (answer.status_code, answer.mimetype) == (400, "text/html"), query
            assert "the address is not understood" in answer.text, query
            for told in ("post 1", "susan@example.com"):
                assert told not in answer.text, query


def test_nothing_that_matches_it_is_chosen(lists: FlaskClient) -> None:
    form = {"csrf_token": token_of(lists.get(POSTS)), "matching": "all", "action": "delete"}
    for query in (*UNKNOWN, *WRONG, "timestamp_after=yesterday"):
        answer = lists.post(f"{POSTS}action/?{query}", data=form)
        assert answer.status_code == 400, query
        assert "the address is not understood" in answer.text, query
    assert db.session.scalar(select(func.count()).select_from(Selection)) == 0


@pytest.mark.parametrize(
    "query", ["author_empty=no", "author_not_empty=0", "timestamp_today=false", "timestamp_last_7_days=30"]
)
def test_a_value_where_none_is_taken_may_mean_the_opposite(lists: FlaskClient, query: str) -> None:
    page = lists.get(f"{POSTS}?{query}").text
    assert rows(page) == 0
    assert "This filter takes no value." in chips(page)[0]
    assert lists.get(f"{POSTS}export/csv/?{query}").status_code == 400
    form = {"csrf_token": token_of(lists.get(POSTS)), "matching": "all", "action": "delete"}
    assert lists.post(f"{POSTS}action/?{query}", data=form).status_code == 400


@pytest.mark.parametrize("value", ["", "1", "yes", "TRUE"])
def test_what_agrees_with_such_a_filter_is_none(lists: FlaskClient, value: str) -> None:
    page = lists.get(f"{POSTS}?author_empty={value}").text
    assert (rows(page), chips(page)) == (3, [])


@pytest.mark.parametrize("spaces", ["+", "%E3%80%80", "%C2%A0+%09"])
def test_a_search_for_spaces_asks_nothing(lists: FlaskClient, spaces: str) -> None:
    page = lists.get(f"{POSTS}?search={spaces}").text
    assert (rows(page), chips(page)) == (3, [])
    form = {"csrf_token": token_of(lists.get(POSTS)), "matching": "all", "action": "delete"}
    question = lists.post(f"{POSTS}action/?search={spaces}", data=form, follow_redirects=True).text
    assert "These are all posts that there are." in question


@pytest.mark.parametrize("said", ["", "0", "none", "off", "All"])
def test_nothing_else_is_taken_for_all_that_match(lists: FlaskClient, said: str) -> None:
    form = {"csrf_token": token_of(lists.get(POSTS)), "matching": said, "action": "delete", "rowid": "1"}
    answer = lists.post(f"{POSTS}action/", data=form)
    assert answer.status_code == 400
    assert "It is not clear which rows are meant." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Selection)) == 0


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"{POSTS}?bodycontains=zzz", "bodycontains zzz There is no filter named bodycontains."),
        (
            f"{USERS}?usernamecontains=zzz",
            "usernamecontains zzz There is no filter named usernamecontains. Did you mean username_contains?",
        ),
        (f"{POSTS}?author=susan", "author susan There is no filter named author. Did you mean author_is?"),
        (f"{USERS}?serach=x", "serach x There is no filter named serach. Did you mean search?"),
        (
            f"{POSTS}?sort=-timestmap",
            "sort -timestmap This list cannot be sorted by “-timestmap”. Did you mean -timestamp?",
        ),
        (
            f"{POSTS}?sort=3",
            f"sort 3 {ORDERED} sort=timestamp, or sort=-timestamp. {MEANT} timestamp?",
        ),
        (f"{POSTS}?desc=1", "desc 1 The reverse order has a minus sign here: sort=-timestamp."),
        (
            f"{POSTS}?flt0_1=x",
            "flt0_1 x Filters are written with column and question here, like timestamp_after.",
        ),
        (
            f"{USERS}?flt0_username_not_equal=x",
            f"flt0_username_not_equal x {WRITTEN} username_equals. {MEANT} username_not_equals?",
        ),
        (
            f"{POSTS}?flt1_author_equals=susan",
            f"flt1_author_equals susan {WRITTEN} timestamp_after. {MEANT} author_is?",
        ),
        (f"{POSTS}?page=2", "page 2 Pages have no numbers here: “Next” leads on from the first one."),
        (f"{HISTORY}?search=a&search=b", "search b “search” can be said only once."),
        (f"{SECURITY}?page_size=ten", "page_size ten This is not a number."),
    ],
)
def test_the_chip_says_what_is_wrong_and_what_may_have_been_meant(
    lists: FlaskClient, address: str, said: str
) -> None:
    assert chips(lists.get(address).text) == [said]


def test_one_click_takes_it_away_or_mends_it(lists: FlaskClient) -> None:
    page = lists.get(f"{USERS}?usernamecontains=sus&foo=1&sort=email&search=susan").text
    first, second = removals(page)
    assert dict(parse_qsl(urlsplit(first).query)) == {"foo": "1", "sort": "email", "search": "susan"}
    assert rows(lists.get(first).text) == 0
    assert chips(lists.get(second).text) == [
        "usernamecontains sus There is no filter named usernamecontains. Did you mean username_contains?"
    ]
    mended = re.search(r'<a href="([^"]+)">username_contains</a>\?', lists.get(second).text)
    assert mended
    page = lists.get(html.unescape(mended[1])).text
    assert rows(page) == 1
    assert not chips(page)
    cleared = re.search(
        r'class="clear-filters" href="([^"]+)"', lists.get(f"{USERS}?a=1&sort=email&b=2").text
    )
    assert cleared
    assert cleared[1] == f"{USERS}?sort=email"


def test_what_is_not_understood_goes_along_with_links_and_forms(lists: FlaskClient) -> None:
    page = lists.get(f"{POSTS}?bodycontains=zzz").text
    assert page.count('<input type="hidden" name="bodycontains" value="zzz">') >= 2
    added = lists.get(f"{POSTS}?bodycontains=zzz&filter=author_is&value=susan")
    assert added.location == f"{POSTS}?bodycontains=zzz&author_is=susan"


def test_many_are_said_and_no_more(lists: FlaskClient) -> None:
    query = "&".join(f"name{number}={number}" for number in range(60))
    page = lists.get(f"{POSTS}?{query}").text
    assert len(chips(page)) == 20
    assert rows(page) == 0


TRACKED = [
    ("utm_source=news&author_is=susan", "author_is=susan"),
    ("fbclid=x&page_size=10&search=post", "page_size=10&search=post"),
    ("gclid=1&UTM_Campaign=2&_=173&sort=id&at=5", "sort=id&at=5"),
    ("_=1", ""),
    ("utm_medium=mail&bodycontains=zzz", "bodycontains=zzz"),
    ("utm_a=1&page=last", "page=last"),
]


@pytest.mark.parametrize(("query", "left"), TRACKED)
def test_what_others_hang_on_to_an_address_is_led_away_from(
    lists: FlaskClient, query: str, left: str
) -> None:
    for address in [*LISTS, TRASH, f"{POSTS}export/csv/", f"{HISTORY}export/jsonl/"]:
        answer = lists.get(f"{address}?{query}")
        assert answer.status_code == 302
        assert answer.location == (f"{address}?{left}" if left else address)
    token = token_of(lists.get(POSTS))
    form = {"csrf_token": token, "matching": "all", "action": "delete"}
    assert lists.post(f"{POSTS}action/?{query}", data=form).status_code == 400


def test_what_is_led_away_from_is_no_probe(lists: FlaskClient) -> None:
    def probes() -> Any:
        return db.session.scalars(
            select(SecurityEvent.facts).where(SecurityEvent.kind == "probe:filter")
        ).all()

    lists.get(f"{POSTS}?utm_source=x&_=1")
    lists.get(f"{POSTS}?desc=&sort=")
    assert "utm_source" not in str(probes())
    lists.get(f"{POSTS}?password_hash_equals=x")
    assert "password_hash_equals" in str(probes())


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("table=post&bodycontains=zzz", "bodycontains zzz There is no filter named bodycontains."),
        ("table=post&search=x", "search x There is no filter named search."),
        ("tabel=post", "tabel post There is no filter named tabel. Did you mean table?"),
        ("table=post&page=x", "page x There is no such page in this order."),
        ("table=post&page=-1", "page -1 There is no such page in this order."),
        ("table=post&table=user", "table user “table” can be said only once."),
        ("flt0_0=x&table=post", "flt0_0 x There is no filter named flt0_0."),
    ],
)
def test_the_trash_says_it_too(lists: FlaskClient, query: str, said: str) -> None:
    first = db.session.scalars(select(Post.id)).first()
    token = token_of(lists.get(f"{POSTS}edit/?id={first}"))
    chosen = lists.post(f"{POSTS}delete/", data={"csrf_token": token, "id": first})
    lists.post(chosen.location, data={"csrf_token": token})
    assert rows(lists.get(f"{TRASH}?table=post").text) == 1
    page = lists.get(f"{TRASH}?{query}").text
    assert rows(page) == 0
    assert chips(page) == [said.partition(" Did you")[0]]
    kept = dict(parse_qsl(query))
    left = dict(parse_qsl(urlsplit(removals(page)[0]).query))
    assert left.items() <= kept.items() or left == {"table": "post"}
    assert rows(lists.get(removals(page)[0]).text) in (0, 1)
    assert not chips(lists.get(removals(page)[0]).text)


def test_a_page_of_a_records_history_or_of_an_operation_that_there_is_not(lists: FlaskClient) -> None:
    susan = db.session.scalars(select(User.id)).first()
    act = db.session.scalars(select(Operation.id)).first()
    record = f"{HISTORY}record/?table=user&key={susan}"
    for address in (f"{record}&before=", f"{HISTORY}details/?id={act}&after="):
        assert lists.get(address).status_code == 200, address
    for address in (f"{record}&before=x", f"{record}&before=-1", f"{HISTORY}details/?id={act}&after=x"):
        assert lists.get(address).status_code == 404, address


def test_a_place_that_there_is_not_is_said_even_where_one_page_shows_all(lists: FlaskClient) -> None:
    for address in LISTS:
        page = lists.get(f"{address}?at=no:such!").text
        assert rows(page) > 0 or address == USERS
        assert "jump-error" in page or "There is no such place" in page or address == USERS


AUTHORS = [
    "author_is=nobody",
    "author_is_not=nobody",
    "author_is=susa",
    "author_is=susan,nobody",
    "author_is_not=%23999999",
    "author_is=%23x",
    "author_is=susan%40example.com",
]


@pytest.mark.every_database
@pytest.mark.parametrize("query", AUTHORS)
def test_a_name_that_nobody_has_shows_exports_and_chooses_nothing(lists: FlaskClient, query: str) -> None:
    page = lists.get(f"{POSTS}?{query}").text
    assert rows(page) == 0
    assert "There is none called" in chips(page)[0]
    assert lists.get(f"{POSTS}export/csv/?{query}").status_code == 400
    form = {"csrf_token": token_of(lists.get(POSTS)), "matching": "all", "action": "delete"}
    answer = lists.post(f"{POSTS}action/?{query}", data=form)
    assert answer.status_code == 400
    assert "There is none called" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Selection)) == 0


@pytest.mark.every_database
def test_a_pasted_list_goes_to_and_fro_in_links_and_forms(lists: FlaskClient) -> None:
    db.session.execute(insert(User), [{"username": "Doe, Jane", "email": "jane@example.com"}])
    db.session.commit()
    pasted = '"Doe, Jane"\r\nsusan\t"nobody; else"\r\n'
    query = {"filter": "username_in_list", "value": pasted, "sort": "username"}
    added = lists.get(USERS, query_string=query).location
    assert dict(parse_qsl(urlsplit(added).query)) == {
        "sort": "username",
        "username_in_list": '"Doe, Jane", susan, "nobody; else"',
    }
    page = lists.get(added).text
    assert rows(page) == 2
    assert "(3 values)" in page
    assert rows(lists.get(USERS, query_string={"username_in_list": pasted}).text) == 2
    hidden = re.findall(r'<input type="hidden" name="username_in_list" value="([^"]*)">', page)
    assert {html.unescape(value) for value in hidden} == {'"Doe, Jane", susan, "nobody; else"'}
    sized = re.search(r'<a href="([^"]+page_size=20[^"]*)"', page)
    assert sized
    assert rows(lists.get(html.unescape(sized[1])).text) == 2
    exported = re.search(r'href="([^"]+export/csv/[^"]*)"', page)
    assert exported
    assert "Doe, Jane" in lists.get(html.unescape(exported[1])).text


@pytest.mark.own_app
def test_a_filter_looks_up_what_no_form_refers_to(app: Flask, susan: User) -> None:
    view: Any = next(one for one in registry().views if one.table == "post")
    view.form_class = record_form(view, ["body"])
    client = app.test_client()
    sign_in(client, "susan")
    address = f"{POSTS}ajax/lookup/?name=author"
    assert f'data-lookup="{address}"' in client.get(POSTS).text
    assert [one["value"] for one in client.get(f"{address}&query=su").json or []] == ["susan"]
    assert client.get(f"{POSTS}ajax/lookup/?name=timestamp&query=su").status_code == 404


def test_a_tracker_that_names_a_column_is_a_filter() -> None:
    asked = MultiDict([("utm_source_equals", "x"), ("gclid", "1"), ("fbclid", "2"), ("utm_term", "3")])
    assert without_trackers(asked, ("utm_source", "gclid")) == MultiDict(
        [("utm_source_equals", "x"), ("gclid", "1")]
    )
    assert without_trackers(MultiDict([("gclid_contains", "1")]), ("gclid",)) is None
