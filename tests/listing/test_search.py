"""Search: each word somewhere, in any of the searched columns, literally."""

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backoffice.listing import Columns, Listing, search_words
from backoffice.models import Post, User
from tests.listing.shapes import POSTS, USERS


@pytest.fixture
def posts(session: Session) -> Session:
    session.execute(
        insert(User),
        [
            {"id": 1, "username": "susan", "email": "susan@example.com"},
            {"id": 2, "username": "John", "email": "j_d@example.org"},
            {"id": 3, "username": None, "email": None},
        ],
    )
    bodies = [
        (1, "Beautiful day in Portland", 1),
        (2, "The day after", 2),
        (3, "100% of it's \\ /", None),
        (4, None, 1),
    ]
    session.execute(insert(Post), [{"id": key, "body": body, "user_id": user} for key, body, user in bodies])
    return session


SEARCHES: list[tuple[str, set[int]]] = [
    ("", {1, 2, 3, 4}),
    ("   ", {1, 2, 3, 4}),
    ("day", {1, 2}),
    ("DAY portland", {1}),
    ("day susan", {1}),
    ("usan", {1, 4}),
    ("us", set()),
    ("su", {1, 4}),
    ("s", {1, 4}),
    ("th", {2}),
    ("100%", {3}),
    ("%", set()),
    ("1_0", set()),
    ("it's", {3}),
    ("day nothing", set()),
    ("da\0y", set()),
    ("day\0after", {2}),
    ("\ud800", {1, 2, 3, 4}),
    ("x" * 5_000, set()),
    ("day " * 5_000, {1, 2}),
]


def test_search(posts: Session) -> None:
    for searched, expected in SEARCHES:
        listing = Listing(POSTS, search=searched, order="id")
        assert {row.id for row in listing.page(posts).rows} == expected, searched
        assert listing.count(posts, 100).value == len(expected), searched


def test_every_searched_column_is_looked_through(posts: Session) -> None:
    assert [row.id for row in Listing(USERS, search="example").rows(posts)] == [1, 2]
    assert [row.id for row in Listing(USERS, search="j_d").rows(posts)] == [2]


def test_where_nothing_is_searched_nothing_is_found(posts: Session) -> None:
    assert list(Listing(Columns(Post, ["id"]), search="day").rows(posts)) == []


def test_a_search_goes_so_far() -> None:
    assert search_words(" a  b\tc\n") == ["a", "b", "c"]
    assert search_words("w " * 50) == ["w"] * 10
    assert search_words("w" * 500) == ["w" * 200]
