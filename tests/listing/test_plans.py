"""Pages and filters go by an index: no table is read whole, and nothing is sorted to find a page of it."""

from datetime import datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import Engine, Table, delete, insert, select, text, update
from sqlalchemy.orm import Session

from backoffice.listing import LAST, Columns, Listing, parse_filters, search_index, substrings
from backoffice.models import Post, User
from tests.listing.conftest import make_search_index
from tests.listing.plans import Plan, asking, plan
from tests.listing.shapes import POSTS, USERS

pytestmark = pytest.mark.every_database

# So many that reading them all costs more than an index; SQLite believes that of fewer.
ROWS = {"sqlite": 8_000, "postgresql": 20_000, "mariadb": 20_000}
NOON = datetime(2026, 3, 1, 12)

# The indexes by which the console finds names in any case; MariaDB's own do so.
ANY_CASE = {
    "sqlite": 'CREATE INDEX any_case ON "user" (lower(username))',
    "postgresql": 'CREATE INDEX any_case ON "user" (lower(username) text_pattern_ops)',
}
ANALYZE = {
    "sqlite": ["ANALYZE"],
    "postgresql": ["ANALYZE"],
    "mariadb": ["ANALYZE TABLE user", "ANALYZE TABLE post"],
}
TIMES = [
    ("timestamp_before", "2026-03-01T12:30"),
    ("timestamp_between", "2026-03-01T13:00..2026-03-01T14:00"),
]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Thousands of rows, a few of them ties and nulls, and a planner that knows of them."""
    name = engine.dialect.name
    keys = range(1, ROWS[name])
    users = [{"id": key, "username": f"User{key}", "email": f"u{key}@x.org"} for key in keys]
    posts = [
        {
            "id": key,
            "body": "x" * 100,
            "timestamp": NOON + timedelta(minutes=key // 3) if key % 300 else None,
            "user_id": key // 2 or 1,
        }
        for key in keys
    ]
    with engine.begin() as connection:
        connection.execute(insert(cast(Table, User.__table__)), users)
        connection.execute(insert(cast(Table, Post.__table__)), posts)
        for statement in [*([ANY_CASE[name]] if name in ANY_CASE else []), *ANALYZE[name]]:
            connection.execute(text(statement))
    return engine


def plans(engine: Engine, listing: Listing) -> list[Plan]:
    """How each statement of a page is carried out."""
    with Session(engine) as session:
        with asking(engine) as asked:
            listing.page(session)
        return [plan(session.connection(), each) for each in asked]


def test_pages_go_by_the_index_of_their_order(filled: Engine) -> None:
    for columns, name, index in [
        (POSTS, "timestamp", "ix_post_timestamp"),
        (USERS, "username", "ix_user_username"),
    ]:
        for order in (name, f"-{name}", f"{name},-id", f"-{name},id"):
            for cursor in cursors(filled, columns, order):
                assert_by_index(filled, Listing(columns, order=order, cursor=cursor), index)


def test_jumps_go_by_the_index_of_their_order(filled: Engine) -> None:
    for columns, name, index, at in [
        (POSTS, "timestamp", "ix_post_timestamp", "2026-03-03"),
        (USERS, "username", "ix_user_username", "User77"),
    ]:
        for order in (name, f"-{name}", f"{name},-id", f"-{name},id"):
            assert_by_index(filled, Listing(columns, order=order, at=at), index)


def assert_by_index(engine: Engine, listing: Listing, index: str) -> None:
    for found in plans(engine, listing):
        assert index in found.indexes, (listing, found)
        assert not found.read_whole, (listing, found)
        assert not found.sorts, (listing, found)


def cursors(engine: Engine, columns: Columns, order: str) -> list[str]:
    """Of the first pages, forward and backward, of the last ones, and of one in the middle."""
    with Session(engine) as session:
        second = Listing(columns, order=order).page(session).next or ""
        third = Listing(columns, order=order, cursor=second).page(session)
        last = Listing(columns, order=order, cursor=LAST).page(session).previous or ""
        middle = Listing(columns, order=order, size=ROWS[engine.dialect.name] // 2).page(session).next or ""
    return ["", second, third.previous or "", third.next or "", middle, last, LAST]


def test_filters_go_by_an_index(filled: Engine) -> None:
    for argument, value in [("equals", "USER77"), ("in_list", "USER77, user78"), ("begins_with", "USER77")]:
        filters = parse_filters([(f"username_{argument}", value)], USERS)
        (found,) = plans(filled, Listing(USERS, filters))
        assert ("any_case" if filled.dialect.name in ANY_CASE else "ix_user_username") in found.indexes, found
        assert not found.read_whole, (argument, found)


def test_posts_are_filtered_by_an_index(filled: Engine) -> None:
    for argument, value in [("author_is", "User77"), ("author_is", "USER77"), ("author_is", "#77"), *TIMES]:
        found = plans(filled, Listing(POSTS, parse_filters([(argument, value)], POSTS)))
        assert found[-1].indexes, (value, found)
        assert not any(each.read_whole for each in found), (value, found)


@pytest.fixture
def indexed(filled: Engine) -> Engine:
    """The same with a search index, and a word that is in few of the posts, and a name that is in few."""
    rare = Post.id.in_([77, 7_777])
    with filled.begin() as connection:
        rows = connection.execute(select(Post.__table__).where(rare)).mappings().all()
        # Updated in place, PostgreSQL would not use an index made after as long as older transactions run.
        connection.execute(delete(Post).where(rare))
        connection.execute(insert(Post), [{**row, "body": "A xylophone"} for row in rows])
        connection.execute(update(User).where(User.id == 99).values(username="Wojciechowski"))
    make_search_index(filled)
    with filled.begin() as connection:
        for statement in ANALYZE[filled.dialect.name]:
            connection.execute(text(statement))
    return filled


FRAGMENTS = [
    (USERS, "jciech", ()),
    (USERS, "", [("username_contains", "JCIECH")]),
    (POSTS, "ylopho", ()),
    (POSTS, "jciech", ()),
    (POSTS, "ylopho xyl", ()),
    (POSTS, "", [("body_contains", "ylopho")]),
    (POSTS, "ylopho", [("timestamp_before", "2030-01-01")]),
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("whose", ["own", "adopted"])
def test_fragments_go_by_the_search_index(indexed: Engine, whose: str) -> None:
    if whose == "adopted":
        drop_any_case_index(indexed)
    for columns, searched, arguments in FRAGMENTS:
        for order in columns.sorted:
            filters = parse_filters(arguments, columns)
            for found in plans(indexed, Listing(columns, filters, searched, order.name)):
                assert not found.read_whole, (searched, arguments, found)
                assert by_fragments(found), (searched, arguments, found)


def by_fragments(found: Plan) -> bool:
    return any(name.startswith(search_index.PREFIX) for name in found.indexes)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_in_many_rows_goes_by_the_order(indexed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substrings, "MOST_CANDIDATES", ROWS[indexed.dialect.name] // 10)
    for columns, searched, index in [
        (POSTS, "xxx", "ix_post_timestamp"),
        (USERS, "x.org", "ix_user_username"),
    ]:
        order = "-timestamp" if columns is POSTS else "username"
        found = plans(indexed, Listing(columns, search=searched, order=order))[-1]
        assert index in found.indexes, found
        assert not found.sorts, found


def test_without_a_search_index_the_order_is_gone_through(filled: Engine) -> None:
    found = plans(filled, Listing(POSTS, search="xxx", order="-timestamp"))[-1]
    assert "ix_post_timestamp" in found.indexes, found
    assert not found.sorts, found


def test_an_adopted_database_is_filtered_by_its_own_indexes(filled: Engine) -> None:
    """None is regardless of case, but MariaDB's: elsewhere a name in any case is looked for in all rows."""
    drop_any_case_index(filled)
    for columns, argument, value, index in [
        (POSTS, "author_is", "User77", "ix_post_user_id"),
        (POSTS, "timestamp_between", "2026-03-01T13:00..2026-03-01T14:00", "ix_post_timestamp"),
    ]:
        found = plans(filled, Listing(columns, parse_filters([(argument, value)], columns)))[-1]
        assert index in found.indexes, found
        assert not found.read_whole, found


def drop_any_case_index(engine: Engine) -> None:
    """Which an application has not."""
    if engine.dialect.name in ANY_CASE:
        with engine.begin() as connection:
            connection.execute(text("DROP INDEX any_case"))
