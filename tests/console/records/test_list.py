"""Lists over HTTP: searched, filtered, sorted and paged by their addresses, and as files."""

import csv
import io
import json
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from backoffice.extensions import db
from backoffice.models import Post, User
from tests.listing.plans import asking

START = datetime(2024, 1, 1)


@pytest.fixture
def posts(signed_in: FlaskClient) -> FlaskClient:
    """A browser before 120 posts, two thirds of them by john."""
    john = User(username="john", email="john@example.com")
    db.session.add(john)
    db.session.flush()
    rows = [
        {
            "body": f"post {number:03}",
            "timestamp": START + timedelta(hours=number),
            "user_id": john.id if number % 3 else None,
        }
        for number in range(120)
    ]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    return signed_in


def bodies(page: str) -> list[str]:
    return re.findall(r'title="(post \d+)"', page)


def link(page: str, label: str) -> str:
    """The address behind a word of the pager."""
    found = re.search(rf'href="([^"]+)">(?:<svg.*?</svg>)?\s*<span[^>]*>{label}</span>', page)
    assert found, f"no way to {label}"
    return found[1].replace("&amp;", "&")


def test_the_newest_come_first(posts: FlaskClient) -> None:
    shown = bodies(posts.get("/admin/post/").text)
    assert shown == [f"post {number:03}" for number in range(119, 69, -1)]


@pytest.mark.every_database
def test_the_pager_leads_through_all_and_back(posts: FlaskClient) -> None:
    address, seen = "/admin/post/?page_size=50", []
    for _ in range(2):
        page = posts.get(address).text
        seen += bodies(page)
        address = link(page, "Next")
    page = posts.get(address).text
    seen += bodies(page)
    assert seen == [f"post {number:03}" for number in range(119, -1, -1)]
    assert bodies(posts.get(link(page, "Previous")).text) == seen[50:100]
    assert bodies(posts.get(link(page, "First")).text) == seen[:50]
    assert bodies(posts.get(link(posts.get("/admin/post/").text, "Last")).text)[-1] == "post 000"


def test_an_address_says_all(posts: FlaskClient) -> None:
    page = posts.get(
        "/admin/post/?author_is=john&timestamp_after=2024-01-05&search=post&sort=timestamp&page_size=10"
    )
    assert bodies(page.text) == [f"post {n:03}" for n in range(97, 120) if n % 3][:10]
    assert "16 match" in page.text
    assert 'aria-sort="ascending"' in page.text
    assert "author_is=john" in link(page.text, "Next")


def test_a_filter_is_added_by_a_form(posts: FlaskClient) -> None:
    answer = posts.get("/admin/post/?search=post&filter=author_is&value=john")
    assert answer.location == "/admin/post/?search=post&author_is=john"
    unknown = posts.get("/admin/post/?filter=password_hash_contains&value=x").location
    assert unknown == "/admin/post/?password_hash_contains=x"
    assert posts.get("/admin/post/?sort=id&filter=author_is&value=").location == "/admin/post/?sort=id"


@pytest.mark.every_database
@pytest.mark.parametrize(
    "query",
    [
        "page=99999999999999999999",
        "page=x",
        "page=-1",
        "page_size=99999999999999999999999",
        "page_size=x",
        "sort=nothing",
        "sort=password_hash",
        "sort=--timestamp",
        "endpoint=x&self=1&_method=POST&export_type=x&cls=1&_external=1",
        "search=%25%27%22\\",
        "search=" + "a+" * 3000,
        "search=%01",
        "timestamp_after=yesterday",
        "timestamp_between=..",
        "timestamp_after=9999-12-31T23:59:59",
        "author_is=%01",
        "author_is=%23x",
        "flt0_0=x",
        "password_hash_begins_with=%24",
        "author_password_hash_contains=x",
    ],
)
@pytest.mark.parametrize("noun", ["user", "post"])
def test_whatever_an_address_says_is_answered(posts: FlaskClient, noun: str, query: str) -> None:
    assert posts.get(f"/admin/{noun}/?{query}").status_code == 200


def test_a_filter_that_cannot_be_read_matches_nothing_and_says_so(posts: FlaskClient) -> None:
    page = posts.get("/admin/post/?timestamp_after=yesterday").text
    assert "chip-error" in page
    assert bodies(page) == []


@pytest.mark.every_database
def test_users_are_found_in_any_case(posts: FlaskClient) -> None:
    for query in (
        "username_equals=JOHN",
        "email_begins_with=John@",
        "search=JOH",
        "username_in_list=mary,John",
    ):
        page = posts.get(f"/admin/user/?{query}").text
        assert "john@example.com" in page
        assert "susan@example.com" not in page


@pytest.mark.every_database
def test_a_list_asks_the_database_a_fixed_number_of_questions(posts: FlaskClient, app: Flask) -> None:
    asked: list[str] = []
    event.listen(
        db.engine, "before_cursor_execute", lambda c, cursor, statement, *rest: asked.append(statement)
    )
    posts.get("/admin/post/?page_size=10")
    few = len(asked)
    asked.clear()
    posts.get("/admin/post/?page_size=100")
    assert len(asked) == few <= 5
    assert not any("password_hash" in statement for statement in asked)


@pytest.mark.every_database
def test_the_list_as_a_file(posts: FlaskClient) -> None:
    db.session.add(Post(body="=1+1", timestamp=START - timedelta(days=1)))
    db.session.commit()
    answer = posts.get("/admin/post/export/csv/?timestamp_before=2024-01-01T03:00&sort=timestamp")
    assert answer.mimetype == "text/csv"
    assert re.search(
        r'attachment; filename="post-filtered-[\dT-]+Z\.csv"', answer.headers["Content-Disposition"]
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["body"] for row in rows] == ["'=1+1", "post 000", "post 001", "post 002"]
    assert [row["author"] for row in rows] == ["", "", "john", "john"]
    assert rows[1]["timestamp"].startswith("2024-01-01T00:00:00")
    assert posts.get("/admin/post/export/xlsx/").status_code == 404


@pytest.mark.every_database
def test_the_list_as_lines_of_json(posts: FlaskClient) -> None:
    answer = posts.get(
        "/admin/post/export/jsonl/?author_is=john&sort=-timestamp", headers={"Accept-Encoding": "gzip"}
    )
    assert answer.mimetype == "application/jsonl"
    assert "Content-Encoding" not in answer.headers
    assert re.search(r'filename="post-filtered-[\dT-]+Z\.jsonl"', answer.headers["Content-Disposition"])
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert {row["author"] for row in rows} == {"john"}
    assert [row["timestamp"] for row in rows] == sorted((row["timestamp"] for row in rows), reverse=True)
    whole = posts.get("/admin/post/export/jsonl/").headers["Content-Disposition"]
    assert re.search(r'filename="post-[\dT-]+Z\.jsonl"', whole)


def test_the_page_offers_both_files_as_the_list_stands(posts: FlaskClient) -> None:
    page = posts.get("/admin/post/?author_is=john&sort=timestamp&page_size=10").text
    for kind in ("csv", "jsonl"):
        assert f'href="/admin/post/export/{kind}/?author_is=john&amp;sort=timestamp&amp;page_size=10"' in page


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_asking_for_the_head_of_a_file_reads_no_row(posts: FlaskClient, kind: str) -> None:
    with asking(db.engine) as asked:
        assert posts.head(f"/admin/post/export/{kind}/").status_code == 200
    assert asked
    assert not any("FROM post" in statement for statement, _parameters in asked)


@pytest.mark.every_database
def test_the_author_is_looked_up_by_typing(posts: FlaskClient) -> None:
    def suggestions(query: str) -> list[str]:
        answer = posts.get(
            "/admin/post/ajax/lookup/", query_string={"name": "author", "query": query, "limit": 10**9}
        )
        assert answer.status_code == 200
        return [one["value"] for one in answer.json or []]

    john = db.session.query(User).filter_by(username="john").one()
    assert suggestions("JO") == ["john"]
    assert suggestions(f"#{john.id}") == ["john"]
    assert suggestions("%") == []
    assert suggestions("\x01") == []
    assert suggestions("") == ["john", "susan"]
    for name in ("password_hash", "body", "", "nothing"):
        assert posts.get(f"/admin/post/ajax/lookup/?name={name}&query=$2b").status_code == 404


def test_an_empty_table_says_what_to_do(signed_in: FlaskClient) -> None:
    page = signed_in.get("/admin/post/").text
    assert "There are no posts yet." in page
    assert 'href="/admin/post/new/"' in page


def test_the_dashboard_counts(posts: FlaskClient) -> None:
    page = posts.get("/admin/").text
    assert "120" in page
    assert "post 119" in page


def test_it_says_how_it_was_searched(signed_in: FlaskClient) -> None:
    scanned = "every row is looked through"
    is_scanned = db.engine.dialect.name == "mariadb"  # the others have a search index here
    for query, noted in [
        ("", False),
        ("?search=susan", is_scanned),
        ("?search=su+susan", is_scanned),
        ("?search=su", True),
        ("?search=%25", True),
        ("?username_contains=usa", is_scanned),
        ("?username_equals=susan", False),
    ]:
        page = signed_in.get(f"/admin/user/{query}").text
        assert (scanned in page) == noted, query
