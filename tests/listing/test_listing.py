"""A page, its count, an export and bulk work are of the same rows, read without waste."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from backoffice.listing import PAGE_SIZES, Accuracy, Columns, Count, Listing, page_size, parse_filters
from backoffice.models import Post, User
from tests.listing.plans import Asked, asking
from tests.listing.shapes import PAGES, POSTS, USERS
from tests.listing.tables import Page

pytestmark = pytest.mark.every_database


@pytest.fixture
def posts(session: Session) -> Session:
    """Thirty posts, every other one by susan."""
    session.execute(
        insert(User), [{"id": 1, "username": "susan", "email": "s@x.org", "password_hash": "$2b$"}]
    )
    rows = [
        {
            "id": key,
            "body": f"post number{key}",
            "timestamp": datetime(2026, 3, key),
            "user_id": key % 2 or None,
        }
        for key in range(1, 31)
    ]
    session.execute(insert(Post).execution_options(render_nulls=True), rows)
    session.commit()
    return session


@pytest.fixture
def asked(engine: Engine) -> Iterator[list[Asked]]:
    with asking(engine) as asked:
        yield asked


def by_susan(search: str = "") -> Listing:
    return Listing(POSTS, parse_filters([("author_is", "susan")], POSTS), search, size=10)


def test_a_page_has_the_columns_by_their_names(posts: Session) -> None:
    first, second, *_ = Listing(POSTS).page(posts).rows
    assert (first.id, first.body, first.timestamp, first.author) == (
        30,
        "post number30",
        datetime(2026, 3, 30),
        None,
    )
    assert (second.author, second.author_key) == ("susan", 1)


def test_the_key_is_read_even_where_it_is_not_shown(posts: Session) -> None:
    row = Listing(Columns(User, ["email"])).page(posts).rows[0]
    assert (row.email, row.id) == ("s@x.org", 1)


def test_a_page_is_one_query_of_the_shown_columns(posts: Session, asked: list[Asked]) -> None:
    for _ in Listing(POSTS, size=10).page(posts).rows:
        pass
    assert len(asked) == 1
    assert "email" not in asked[0][0]
    assert "password_hash" not in asked[0][0]


def test_a_filtered_page_with_its_count_is_three_queries(posts: Session, asked: list[Asked]) -> None:
    listing = by_susan()
    listing.page(posts)
    listing.count(posts, 10)
    assert len(asked) == 3


def test_page_count_export_and_bulk_work_agree(posts: Session) -> None:
    listing = by_susan("number1")
    expected = [19, 17, 15, 13, 11, 1]
    assert [row.id for row in listing.page(posts).rows] == expected
    assert [row.id for row in posts.execute(listing.select(posts))] == expected
    assert listing.count(posts, 100) == Count(6)
    assert posts.execute(delete(Post).where(*listing.where(posts))).rowcount == 6  # type: ignore[attr-defined]
    assert listing.page(posts).rows == []


def test_a_list_can_be_a_part_of_the_table(posts: Session) -> None:
    listing = Listing(POSTS, within=[Post.id > 27])
    assert [row.id for row in listing.page(posts).rows] == [30, 29, 28]
    assert listing.count(posts, 100).value == 3
    assert len(list(posts.execute(listing.select(posts)))) == 3


@pytest.mark.parametrize(("limit", "count"), [(30, Count(30)), (29, Count(29, Accuracy.MORE))])
def test_a_count_goes_so_far(posts: Session, limit: int, count: Count) -> None:
    assert Listing(POSTS, within=[Post.id > 0]).count(posts, limit) == count


def test_rows_are_those_shown_and_nothing_else(posts: Session) -> None:
    result = posts.execute(Listing(POSTS).select(posts))
    assert list(result.keys()) == ["id", "body", "timestamp", "author"]
    assert result.first() == (30, "post number30", datetime(2026, 3, 30), None)


def test_a_relation_to_the_same_table_is_joined(session: Session, asked: list[Asked]) -> None:
    for slug, title, parent in [("home", "Home", None), ("team", "Team", "home")]:
        session.execute(insert(Page).values(slug=slug, title=title, parent_slug=parent))
    asked.clear()
    assert [tuple(row)[:2] for row in Listing(PAGES, search="home").page(session).rows] == [
        ("home", None),
        ("team", "Home"),
    ]
    assert len(asked) == 1


def test_a_lookup_does_not_join_what_is_not_shown(posts: Session) -> None:
    columns = Columns(Post, ["id"], filters=["author"], search=["author"], display={"author": "username"})
    listing = Listing(columns, parse_filters([("author_not_empty", "")], columns), "susan", size=3)
    assert [row.id for row in listing.page(posts).rows] == [1, 3, 5]
    assert "JOIN" not in str(listing.select(posts))
    assert posts.scalars(select(Post.id).where(*listing.where(posts))).all() == list(range(1, 31, 2))


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, 50),
        ("", 50),
        ("20", 20),
        ("33", 33),
        ("0", 10),
        ("-5", 10),
        ("1", 10),
        ("201", 200),
        ("9" * 5_000, 200),
        ("-" + "9" * 5_000, 10),
        ("ten", 50),
        ("1.5", 50),
        ("\u0663", 50),
        ("-", 50),
        ("--5", 50),
    ],
)
def test_a_page_size_is_the_nearest_that_is_allowed(asked: str | None, given: int) -> None:
    assert page_size(asked, 50) == given


def test_the_page_sizes_offered_are_allowed() -> None:
    assert [page_size(str(size), 50) for size in PAGE_SIZES] == list(PAGE_SIZES)


def test_orders_that_nobody_may_ask_for_are_the_default(posts: Session) -> None:
    for order in ("password_hash", "-email; DROP TABLE post", "body", "x" * 10_000):
        assert Listing(USERS, order=order).sorted_by.column == "id"
        assert [row.id for row in Listing(POSTS, order=order, size=1).page(posts).rows] == [30]
