"""Lists of many rows over HTTP: jumps, honest counts, a budget, and few questions to the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import event, text

from backoffice.console.presenters import count_label, count_words
from backoffice.extensions import db
from backoffice.listing import Accuracy, Count, counting
from tests.browsing import sign_in
from tests.conftest import add_administrator
from tests.console.records.test_list import bodies, link, posts
from tests.listing.test_counting import SLOW
from tests.listing.test_plans import ANALYZE

pytestmark = pytest.mark.every_database

__all__ = ["posts"]


@contextmanager
def questions() -> Iterator[list[str]]:
    """What is asked of the database meanwhile, but for the beginning of transactions."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def analyzed(posts: FlaskClient, app: Flask) -> FlaskClient:
    """A browser before 120 posts, of which the database knows, and of which only 100 are worth counting."""
    for statement in ANALYZE[db.engine.dialect.name]:
        db.session.execute(text(statement))
    db.session.commit()
    app.config["COUNT_LIMIT"] = 100
    return posts


def test_a_jump_leads_to_a_date_and_on(posts: FlaskClient) -> None:
    page = posts.get("/admin/post/?author_is=john&at=2024-01-03&page_size=10").text
    shown = [f"post {n:03}" for n in range(71, -1, -1) if n % 3]
    assert bodies(page) == shown[:10]
    assert 'type="date" id="jump" name="at" value="2024-01-03"' in page
    assert '<input type="hidden" name="author_is" value="john">' in page
    for label in ("Next", "Previous", "First", "Last"):
        assert "at=" not in link(page, label)
        assert "author_is=john" in link(page, label)
    assert bodies(posts.get(link(page, "Next")).text) == shown[10:20]
    assert bodies(posts.get(link(page, "Previous")).text)[-1] == "post 073"


def test_a_jump_goes_by_what_the_list_is_sorted_by(posts: FlaskClient) -> None:
    page = posts.get("/admin/post/?sort=timestamp&at=2024-01-03T12:00").text
    assert bodies(page)[0] == "post 060"
    assert 'type="text" id="jump" name="at" value="2024-01-03T12:00"' in page
    page = posts.get("/admin/user/?sort=-username&at=jo&page_size=10").text
    assert "john@example.com" in page
    assert "susan@example.com" not in page


@pytest.mark.parametrize("at", ["yesterday", "2024-02-30", "%01", "2024-01-03..2024-01-04"])
def test_a_place_that_there_is_not_gets_a_sentence_and_the_list_stays(posts: FlaskClient, at: str) -> None:
    answer = posts.get(f"/admin/post/?at={at}")
    assert answer.status_code == 200
    assert 'id="jump-error"' in answer.text
    assert bodies(answer.text)[0] == "post 119"


def test_an_address_shows_another_person_the_same(posts: FlaskClient, app: Flask) -> None:
    add_administrator("mary", "viewer")
    other = app.test_client()
    sign_in(other, "mary")
    for address in (
        link(posts.get("/admin/post/?author_is=john").text, "Next"),
        "/admin/post/?at=2024-01-03",
    ):
        assert bodies(other.get(address).text) == bodies(posts.get(address).text) != []


def test_an_order_may_turn_the_ties(posts: FlaskClient) -> None:
    db.session.execute(text("UPDATE post SET timestamp = '2024-01-01 00:00:00'"))
    db.session.commit()
    first = posts.get("/admin/post/?sort=-timestamp,id&page_size=10").text
    assert bodies(first) == [f"post {n:03}" for n in range(10)]
    assert bodies(posts.get(link(first, "Next")).text) == [f"post {n:03}" for n in range(10, 20)]
    assert "sort=-timestamp%2Cid" in link(first, "Next")


def test_many_are_said_as_the_database_reckons_and_counted_on_request(
    analyzed: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if counting these few rows took longer than a moment.
    monkeypatch.setattr(counting, "MOST_COUNTED_SOON", dict.fromkeys(counting.MOST_COUNTED_SOON, 0))
    page = analyzed.get("/admin/post/").text
    assert re.search(r'<p class="count">about 1[0-9]0 ', page)
    assert "Select all posts" in page
    assert re.search(r"about 1[0-9]0", analyzed.get("/admin/").text)
    counted = re.search(r'<a href="([^"]+)"[^>]*>Count exactly</a>', page)
    assert counted
    page = analyzed.get(counted[1]).text
    assert '<p class="count">120</p>' in page
    assert "count=" not in link(page, "Next")


def test_what_is_counted_in_a_moment_is_said_exactly(
    analyzed: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "A_MOMENT", 5)  # however busy this machine is
    page = analyzed.get("/admin/post/").text
    assert '<p class="count">120</p>' in page
    assert "Select all 120 posts" in page
    assert "<b>120</b>" in analyzed.get("/admin/").text


def test_an_estimate_says_how_old_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert count_label(Count(5_000_434, Accuracy.ABOUT, 59)) == "about 5.0 million"
        assert count_label(Count(5_000_434, Accuracy.ABOUT, 1_300)) == "about 5.0 million, 22 minutes ago"
    with app.test_request_context(), force_locale("es"):
        assert count_label(Count(17_012, Accuracy.ABOUT, 1_200)) == "unos 17.000, hace 20 minutos"


@pytest.mark.parametrize(("value", "words"), [(0, "no matches"), (1, "1 matches"), (2, "2 match")])
def test_none_one_and_more_that_match(app: Flask, value: int, words: str) -> None:
    with app.test_request_context():
        assert count_words(Count(value), narrowed=True) == words


def test_matches_beyond_the_bound_are_more_than_it(analyzed: FlaskClient) -> None:
    page = analyzed.get("/admin/post/?timestamp_after=2024-01-01T01:00").text
    assert '<p class="count">more than 100 match <a' in page
    page = analyzed.get("/admin/post/?timestamp_after=2024-01-01T01:00&count=exact").text
    assert '<p class="count">118 match</p>' in page


PLAIN = [
    "",
    "?page_size=10",
    "?at=2024-01-03",
    "?page=last",
    "?sort=-timestamp,id",
    "?sort=timestamp&page=last",
]
NARROWED = [
    "?timestamp_after=2024-01-02",
    "?search=post",
    "?timestamp_after=2024-01-02&search=post&at=2024-01-03",
]


@pytest.mark.parametrize(
    "address",
    [
        *(f"post/{one}" for one in (*PLAIN, *NARROWED, "?count=exact", "?author_is=john")),
        "user/",
        "user/?sort=-username&at=m",
        "user/?email_begins_with=jo",
    ],
)
def test_a_page_asks_at_most_four_questions(analyzed: FlaskClient, address: str) -> None:
    with questions() as asked:
        assert analyzed.get(f"/admin/{address}").status_code == 200
    session, *others = asked
    assert "backoffice_sign_in" in session
    # Apart from them PostgreSQL is told of time: once for the rows, and once for a count of some of them.
    told = [one for one in others if one.startswith("SET LOCAL")]
    assert len(told) <= (2 if db.engine.dialect.name == "postgresql" else 0)
    assert len(others) - len(told) <= 4, others
    assert not any("password_hash" in one for one in others)


@pytest.mark.parametrize("address", ["?x=", "?search=post", "?author_is=john"])
def test_more_rows_are_no_more_questions(analyzed: FlaskClient, address: str) -> None:
    analyzed.get(f"/admin/post/{address}")  # what the database reckons is believed for a while
    counts = []
    for size in (10, 50):
        with questions() as asked:
            analyzed.get(f"/admin/post/{address}&page_size={size}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_happened_is_cut_off_too(posts: FlaskClient, app: Flask) -> None:
    hide_behind_something_slow(app, "backoffice_security_event")
    answer = posts.get("/admin/security/?person=susan")
    assert answer.status_code == 503
    assert "This list was cut off" in answer.text
    assert "Filter by a range of days." in answer.text
    assert 'class="chip"' in answer.text


def test_counting_exactly_is_cut_off_and_says_so(posts: FlaskClient, app: Flask) -> None:
    hide_behind_something_slow(app, "post", factor=100)
    app.config["STATEMENT_TIMEOUT_SECONDS"] = 0.01
    answer = posts.get("/admin/post/?timestamp_after=2024-01-02&count=exact")
    assert answer.status_code == 200
    assert "Counting exactly was cut off" in answer.text
    assert "Count exactly</a>" not in answer.text
    assert bodies(answer.text)[0] == "post 119"
    assert re.search(r'<p class="count">.*\d match<', answer.text)


@pytest.fixture
def slow(posts: FlaskClient, app: Flask) -> FlaskClient:
    """The posts behind something that takes the database longer than a list may."""
    hide_behind_something_slow(app, "post")
    return posts


def hide_behind_something_slow(app: Flask, table: str, factor: int = 1) -> None:
    app.config["LIST_SECONDS"] = 0.1 * factor
    slow = re.sub(r"\d{8,}", lambda found: str(int(found[0]) // factor), SLOW[db.engine.dialect.name])
    view = f"SELECT kept.* FROM {table}_kept AS kept, (SELECT ({slow}) AS x) AS y WHERE y.x"
    db.session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_kept"))
    db.session.execute(text(f"CREATE VIEW {table} AS {view}"))
    db.session.commit()


@pytest.mark.parametrize("address", ["", "?search=post", "?timestamp_after=2024-01-02&search=post"])
def test_what_takes_too_long_is_cut_off_and_says_what_to_narrow(slow: FlaskClient, address: str) -> None:
    answer = slow.get(f"/admin/post/{address}")
    page = answer.text
    assert answer.status_code == 503
    assert "This list was cut off" in page
    assert "Whether anything matches is not known." in page
    assert "No posts match" not in page
    assert "There are no posts" not in page
    assert "SELECT" not in page
    assert 'name="search"' in page
    assert 'name="filter"' in page
    assert ("timestamp_last_7_days=" in page) or not address
    if "search=" in address:
        assert "longer or rarer word" in page
        assert 'value="post"' in page
    if "timestamp_after" in address:
        assert 'class="chip"' in page


def test_what_is_looked_up_while_typing_is_cut_off_silently(slow: FlaskClient) -> None:
    answer = slow.get("/admin/palette/?query=post")
    assert answer.status_code == 200
    labels = [target["label"] for group in answer.json or [] for target in group["targets"]]
    assert "Posts" in labels
    assert not [label for label in labels if label.startswith("post ")]


def test_words_of_counts(app: Flask) -> None:
    numbers = {
        101: "about 100",
        52_345: "about 52,000",
        123_456: "about 120,000",
        999_999: "about 1.0 million",
        5_000_434: "about 5.0 million",
        12_345_678: "about 12 million",
        4_512_345_678: "about 4,500 million",
    }
    with app.test_request_context():
        for number, words in numbers.items():
            assert count_label(Count(number, Accuracy.ABOUT)) == words
        assert count_label(Count(10_000, Accuracy.MORE)) == "more than 10,000"
        assert count_label(Count(1_234)) == "1,234"
