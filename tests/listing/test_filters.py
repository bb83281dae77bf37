"""Filters: what they find, how they stand in an address, what they say, and what becomes of mistakes."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.listing import Columns, Filter, Listing, parse_filters
from backoffice.listing.moments import last_days
from backoffice.models import Post, User
from tests.listing.plans import asking
from tests.listing.shapes import PAGES, POSTS, SAMPLES, USERS
from tests.listing.tables import Page, Sample

pytestmark = pytest.mark.every_database

NAMES = ["susan", "Susanne", "john", "JOHN_2", "100%", None]
EVERYTHING = (("page_size", "10"), ("search", "x"), ("password_hash_equals", "x"))


def parse(columns: Columns, *arguments: tuple[str, str], zone: tzinfo = UTC) -> tuple[Filter, ...]:
    return parse_filters(arguments, columns, zone)


def found(session: Session, columns: Columns, *arguments: tuple[str, str], zone: tzinfo = UTC) -> list[Any]:
    """The keys that the filters leave."""
    listing = Listing(columns, parse(columns, *arguments, zone=zone), order=columns.key.name)
    return [row[0] for row in session.execute(listing.select(session))]


@pytest.fixture
def users(session: Session) -> Session:
    rows = [
        {"id": key, "username": name, "email": name and f"{name}@example.com"}
        for key, name in enumerate(NAMES, 1)
    ]
    session.execute(insert(User), rows)
    return session


@pytest.fixture
def posts(users: Session) -> Session:
    """By susan, by nobody, by john, and of a user that is gone; the last one without a time."""
    day = datetime(2026, 3, 1)
    times = [day, day + timedelta(hours=23, minutes=59, seconds=59.5), day + timedelta(days=1), None]
    rows = [
        {"id": key, "timestamp": when, "user_id": author, "body": "x"}
        for key, (when, author) in enumerate(zip(times, [1, None, 3, 1], strict=True), 1)
    ]
    users.execute(insert(Post).execution_options(render_nulls=True), rows)
    return users


TEXT: list[tuple[str, str, set[int]]] = [
    ("equals", "SUSAN", {1}),
    ("not_equals", "SUSAN", {2, 3, 4, 5, 6}),
    ("begins_with", "Sus", {1, 2}),
    ("not_begins_with", "Sus", {3, 4, 5, 6}),
    ("begins_with", "john_", {4}),
    ("contains", "N_", {4}),
    ("contains", "%", {5}),
    ("not_contains", "s", {3, 4, 5, 6}),
    ("in_list", "susan, John ,,nobody", {1, 3}),
    ("not_in_list", "susan,john,100%", {2, 4, 6}),
]


def test_text(users: Session) -> None:
    for argument, value, expected in TEXT:
        assert set(found(users, USERS, (f"username_{argument}", value))) == expected, (argument, value)


TIMES: list[tuple[str, str, set[int]]] = [
    ("after", "2026-03-01", {2, 3}),
    ("after", "2026-02-28T23:59:59.999999", {1, 2, 3}),
    ("after", "2026-03-01T23:59", {2, 3}),
    ("after", "2026-03-01 23:59:59.5", {3}),
    ("before", "2026-03-02", {1, 2}),
    ("before", "2026-03-01T00:00:00.000001", {1}),
    ("between", "2026-03-01..2026-03-01", {1, 2}),
    ("between", "2026-03-01T23:59..2026-03-01T23:59", {2}),
    ("between", "2026-03-01T23:59:59 .. 2026-03-02T00:00", {2, 3}),
    ("between", "2026-03-01T00:00:00.000001..2026-03-01T23:59:59.499999", set()),
    ("empty", "", {4}),
    ("not_empty", "", {1, 2, 3}),
]


def test_times(posts: Session) -> None:
    for argument, value, expected in TIMES:
        assert set(found(posts, POSTS, (f"timestamp_{argument}", value))) == expected, (argument, value)


def test_a_day_is_the_viewers_day(posts: Session) -> None:
    # 2026-03-01 in Auckland is from 11:00 on the day before to 11:00, in UTC.
    day = ("timestamp_between", "2026-03-01..2026-03-01")
    assert set(found(posts, POSTS, day)) == {1, 2}
    assert set(found(posts, POSTS, day, zone=ZoneInfo("Pacific/Auckland"))) == {1}
    assert set(found(posts, POSTS, day, zone=ZoneInfo("America/New_York"))) == {2, 3}


def test_the_last_days(session: Session) -> None:
    now = utcnow()
    ages = [timedelta(0), timedelta(days=6), timedelta(days=8), timedelta(days=29), timedelta(days=31)]
    session.execute(insert(Post), [{"id": key, "timestamp": now - age} for key, age in enumerate(ages, 1)])
    assert found(session, POSTS, ("timestamp_today", "")) == [1]
    assert found(session, POSTS, ("timestamp_last_7_days", "")) == [1, 2]
    assert found(session, POSTS, ("timestamp_last_30_days", "")) == [1, 2, 3, 4]


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Kiritimati"]), st.integers(1, 400)
)
def test_so_many_days_begin_and_end_at_midnight_of_the_viewer(name: str, days: int) -> None:
    zone = ZoneInfo(name)
    start, end = (moment.replace(tzinfo=UTC).astimezone(zone) for moment in last_days(days, zone))
    today = datetime.now(zone).date()
    assert (start.date(), end.date()) in {
        (day - timedelta(days=days - 1), day + timedelta(days=1))
        for day in (today, today - timedelta(days=1))
    }
    assert (end.hour, end.minute, start.minute) == (0, 0, 0)


AUTHORS: list[tuple[str, str, set[int]]] = [
    ("is", "susan", {1, 4}),
    ("is", " SUSAN ", {1, 4}),
    ("is", "#1", {1, 4}),
    ("is", "#2", set()),
    ("is", "#99999999999999999999", set()),
    ("is", "nobody", set()),
    ("is", "#john", set()),
    ("is_not", "susan", {2, 3}),
    ("is_not", "#1", {2, 3}),
    ("is_not", "nobody", set()),
    ("empty", "", {2}),
    ("not_empty", "", {1, 3, 4}),
]


def test_authors(posts: Session) -> None:
    for argument, value, expected in AUTHORS:
        assert set(found(posts, POSTS, (f"author_{argument}", value))) == expected, (argument, value)


def test_a_name_in_its_own_case_comes_before_others(session: Session) -> None:
    if session.get_bind().dialect.name == "mariadb":
        pytest.skip("MariaDB takes them for one name")
    session.execute(insert(User), [{"id": 1, "username": "susan"}, {"id": 2, "username": "Susan"}])
    session.execute(insert(Post), [{"id": key, "user_id": key} for key in (1, 2)])
    assert found(session, POSTS, ("author_is", "Susan")) == [2]
    assert found(session, POSTS, ("author_is", "SUSAN")) == [1, 2]
    assert found(session, POSTS, ("author_is_not", "susan")) == [2]


def test_a_relation_to_the_same_table(session: Session) -> None:
    rows = [("home", "Home", None), ("about", "About us", "home"), ("team", "Team", "about")]
    for slug, title, parent in rows:
        session.execute(insert(Page).values(slug=slug, title=title, parent_slug=parent))
    assert found(session, PAGES, ("parent_is", "home")) == ["about"]
    assert found(session, PAGES, ("parent_is", "#about")) == ["team"]
    listing = Listing(PAGES, search="about")
    assert [tuple(row) for row in session.execute(listing.select(session))] == [
        ("about", "Home"),
        ("team", "About us"),
    ]


NUMBERS_AND_FLAGS: list[tuple[str, str, set[int]]] = [
    ("number_equals", "-3", {1}),
    ("number_not_equals", "-3", {2, 3}),
    ("number_less", "7", {1}),
    ("number_greater", "-3", {2}),
    ("number_less", "9" * 300, {1, 2}),
    ("number_greater", "-" + "9" * 300, {1, 2}),
    ("number_equals", "9" * 300, set()),
    ("price_equals", "1.5", {1}),
    ("price_greater", "1.5", {2}),
    ("price_less", "9" * 300, {1, 2}),
    ("active_is", "true", {1}),
    ("active_is", "False", {2}),
]


def test_numbers_and_flags(session: Session) -> None:
    session.execute(
        insert(Sample),
        [
            {"id": 1, "number": -3, "price": 1.5, "active": True},
            {"id": 2, "number": 7, "price": 12.25, "active": False},
            {"id": 3, "number": None, "price": None, "active": None},
        ],
    )
    for argument, value, expected in NUMBERS_AND_FLAGS:
        assert set(found(session, SAMPLES, (argument, value))) == expected, (argument, value)


MISTAKES = [
    (USERS, "username_equals", ""),
    (USERS, "username_contains", "a\0b"),
    (USERS, "username_begins_with", "\ud800"),
    (USERS, "username_contains", "x" * 1_001),
    (USERS, "username_in_list", " , "),
    (USERS, "username_in_list", ",".join(map(str, range(201)))),
    (USERS, "username_not_in_list", "a,b\0"),
    (USERS, "id_equals", "1.5"),
    (USERS, "id_equals", "1e5"),
    (USERS, "id_equals", "one"),
    (USERS, "id_less", ""),
    (USERS, "id_greater", "\u0663"),
    (POSTS, "timestamp_after", ""),
    (POSTS, "timestamp_after", "yesterday"),
    (POSTS, "timestamp_after", "2026-02-30"),
    (POSTS, "timestamp_after", "2026-01-01T25:00"),
    (POSTS, "timestamp_after", "2026-01-01T10"),
    (POSTS, "timestamp_after", "2026-01-01T10:00.5"),
    (POSTS, "timestamp_after", "0000-01-01"),
    (POSTS, "timestamp_before", "9999-12-31"),
    (POSTS, "timestamp_before", "99999-12-31"),
    (POSTS, "timestamp_before", "2026-01-01' OR 1=1"),
    (POSTS, "timestamp_between", "2026-01-01"),
    (POSTS, "timestamp_between", ".."),
    (POSTS, "timestamp_between", "2026-01-02..2026-01-01"),
    (POSTS, "timestamp_between", "2026-01-01..2026-01-02..2026-01-03"),
    (POSTS, "author_is", "  "),
    (POSTS, "author_is", "\0"),
    (SAMPLES, "number_less", "9" * 301),
    (SAMPLES, "active_is", "maybe"),
    (SAMPLES, "price_less", "NaN"),
    (SAMPLES, "price_less", "Infinity"),
]


@pytest.mark.parametrize(("columns", "argument", "value"), MISTAKES)
def test_a_mistake_is_told_and_finds_nothing(columns: Columns, argument: str, value: str) -> None:
    (mistaken,) = parse(columns, (argument, value))
    assert mistaken.error
    assert mistaken.argument == argument
    assert mistaken.text == value
    assert str(mistaken).startswith(str(mistaken.column.label))


def test_mistakes_find_nothing_on_each_database(posts: Session) -> None:
    for columns, argument, value in MISTAKES:
        assert found(posts, columns, (argument, value)) == []
        opposite = found(posts, columns, (argument, value), *EVERYTHING)
        assert opposite == []


def test_times_far_away(posts: Session) -> None:
    for value in ("0001-01-01", "1000-01-01", "1969-12-31T23:59:59.999999", "9999-12-30T23:59"):
        for zone in map(ZoneInfo, ("Pacific/Auckland", "America/New_York", "UTC")):
            after, before = (
                found(posts, POSTS, (f"timestamp_{side}", value), zone=zone) for side in ("after", "before")
            )
            everything = ([1, 2, 3], []) if value < "2026" else ([], [1, 2, 3])
            # East of Greenwich the first day began before the calendar does.
            assert (after, before) == (
                ([], []) if value + zone.key == "0001-01-01Pacific/Auckland" else everything
            )


def test_other_arguments_are_left_alone() -> None:
    assert parse(USERS, *EVERYTHING, ("username", "x"), ("username_like", "x"), ("author_is", "x")) == ()
    assert parse(USERS, ("email_username_contains", "x"), ("_contains", "x"), ("username_", "x")) == ()


def test_filters_are_joined_by_and_and_may_be_repeated(users: Session) -> None:
    arguments = [("username_contains", "s"), ("search", "x"), ("username_contains", "nne")]
    assert [one.text for one in parse(USERS, *arguments)] == ["s", "nne"]
    assert found(users, USERS, *arguments) == [2]


def test_too_many_filters_find_nothing(users: Session) -> None:
    arguments = [("username_not_equals", f"name {number}") for number in range(21)]
    assert len(found(users, USERS, *arguments[:20])) == len(NAMES)
    assert found(users, USERS, *arguments) == []
    assert parse(USERS, *arguments)[-1].error


@pytest.mark.parametrize(
    ("columns", "argument", "value", "words"),
    [
        (USERS, "username_contains", "foo", "Username contains foo"),
        (USERS, "username_not_begins_with", "50%", "Username does not begin with 50%"),
        (USERS, "username_in_list", "a, b", "Username is one of a, b (2 values)"),
        (USERS, "username_equals", "T..T", "Username equals T..T"),
        (POSTS, "timestamp_after", "2026-03-01T10:00", "Timestamp after 1 March 2026, 10:00"),
        (
            POSTS,
            "timestamp_between",
            "2026-03-01..2026-03-02",
            "Timestamp between 1 March 2026 and 2 March 2026",
        ),
        (POSTS, "timestamp_last_7_days", "", "Timestamp last 7 days"),
        (POSTS, "timestamp_today", "yes", "Timestamp today"),
        (POSTS, "author_is", "#17", "Author is #17"),
        (POSTS, "author_empty", "", "Author is empty"),
        (USERS, "id_greater", "5", "Id greater than 5"),
    ],
)
def test_a_filter_says_itself_in_words(columns: Columns, argument: str, value: str, words: str) -> None:
    (one,) = parse(columns, (argument, value))
    assert not one.error
    assert str(one) == words


@given(
    st.lists(
        st.tuples(st.sampled_from([*USERS.arguments, *POSTS.arguments, "search"]), st.text()), max_size=25
    )
)
def test_nothing_in_an_address_raises(arguments: Iterable[tuple[str, str]]) -> None:
    for columns in (USERS, POSTS):
        for one in parse_filters(arguments, columns):
            assert str(one)
            assert one.error is None or one.error


NAMED: list[tuple[str, str, set[int]]] = [
    ("is", "susan,john", {1, 3, 4}),
    ("is", "susan; JOHN\n#2", {1, 3, 4}),
    ("is", '"susan", "john"', {1, 3, 4}),
    ("is", "#1, #3", {1, 3, 4}),
    ("is_not", "susan, john", {2}),
    ("is_not", "john,#1", {2}),
    ("is", "Doe, Jane", set()),
    ("is_not", "Doe, Jane", {1, 2, 3, 4}),
    ("is_not", '"Doe, Jane", john', {1, 2, 4}),
    ("is", "susan,susan", {1, 4}),
]


def test_several_authors(posts: Session) -> None:
    posts.execute(insert(User), [{"id": 7, "username": "Doe, Jane"}])
    for argument, value, expected in NAMED:
        assert set(found(posts, POSTS, (f"author_{argument}", value))) == expected, (argument, value)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("nobody", "There is none called “nobody”."),
        ("susann", "There is none called “susann”. Did you mean Susanne?"),
        ("JO", "There is none called “JO”. Did you mean john, JOHN_2?"),
        ("usan", "There is none called “usan”."),
        ("susan,nobody", "There is none called “nobody”."),
        ("x, susan, y", "There is none called “x”, “y”."),
        ("#99", "There is none called “#99”."),
        ("#1,#99", "There is none called “#99”."),
        ("#99999999999999999999", "There is none called “#99999999999999999999”."),
        ("#", "There is none called “#”."),
        ("#john", "There is none called “#john”."),
        ("7", "There is none called “7”."),
        ('"susan', 'There is none called “"susan”.'),
        ("%", "There is none called “%”."),
        ("_", "There is none called “_”."),
        ("susan@example.com", "There is none called “susan@example.com”."),
    ],
)
def test_a_name_that_nobody_has_is_said_and_finds_nothing(posts: Session, value: str, error: str) -> None:
    for argument in ("author_is", "author_is_not"):
        listing = Listing(POSTS, parse(POSTS, (argument, value)))
        (mistaken,) = listing.mistakes(posts)
        # Each database has its own order of letters.
        assert sorted(re.findall(r"\w+", str(mistaken.error))) == sorted(re.findall(r"\w+", error))
        assert listing.page(posts).rows == []
        assert found(posts, POSTS, (argument, value)) == []


def test_who_is_gone_is_known_by_what_refers_to_them(session: Session, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("the servers keep no reference to what is gone")
    with closing(sqlite3.connect(str(engine.url.database))) as other, other:
        other.execute("INSERT INTO post (id, user_id) VALUES (1, 324), (2, NULL)")
    assert found(session, POSTS, ("author_is", "#324")) == [1]
    assert found(session, POSTS, ("author_is_not", "#324")) == [2]
    assert found(session, POSTS, ("author_is_not", "#325")) == []


def test_many_authors_are_asked_for_by_two_questions(posts: Session, engine: Engine) -> None:
    posts.execute(insert(User), [{"id": key, "username": f"user {key}"} for key in range(100, 290)])
    names = ", ".join(f"USER {key}" if key % 2 else f"user {key}" for key in range(100, 290))
    with asking(engine) as asked:
        listing = Listing(POSTS, parse(POSTS, ("author_is_not", names)))
        assert not listing.mistakes(posts)
    assert len(asked) <= 2
    assert len(listing.page(posts).rows) == 4


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("susan", "is one of susan (1 value)"),
        ("susan\nJohn;susan", "is one of susan, John (2 values)"),
        ('"Doe, Jane", x', 'is one of "Doe, Jane", x (2 values)'),
        (",".join("abcdefg"), "is one of a, b, c, d, e … (7 values)"),
    ],
)
def test_a_list_says_how_many_were_understood(value: str, words: str) -> None:
    (one,) = parse(USERS, ("username_in_list", value))
    assert str(one) == f"Username {words}"


def test_what_is_pasted_is_found(users: Session) -> None:
    users.execute(insert(User), [{"id": 7, "username": "Doe, Jane", "email": "jane@example.com"}])
    for value, expected in [
        ('"Doe, Jane"\njohn\r\nnobody', {3, 7}),
        ("susan\tJohn", {1, 3}),
        ("'susan'; '100%'", {1, 5}),
    ]:
        assert set(found(users, USERS, ("username_in_list", value))) == expected, value
    pasted = '"Doe, Jane" <jane@example.com>; Susan <SUSAN@example.com>'
    assert set(found(users, USERS, ("email_in_list", pasted))) == {1, 7}
    assert set(found(users, USERS, ("email_not_in_list", pasted))) == {2, 3, 4, 5, 6}
