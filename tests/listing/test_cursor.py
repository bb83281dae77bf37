"""A token leads where it was made to lead, or to the first page; never to an error."""

import base64
import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backoffice.listing import LAST, Listing
from backoffice.listing.cursor import Cursor, Position, read_cursor, write_cursor
from backoffice.models import Post, User
from tests.listing.shapes import POSTS, USERS

pytestmark = pytest.mark.every_database

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80)
integers = st.integers(-(2**63), 2**63 - 1)
values: dict[type[Any], st.SearchStrategy[Any]] = {
    int: integers,
    str: text,
    datetime: st.datetimes(),
    date: st.dates(),
}


def packed(parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@given(st.sampled_from(list(values)), st.sampled_from([int, str]), st.booleans(), st.data())
def test_what_was_written_is_read(kind: Any, key_kind: Any, backward: bool, data: st.DataObject) -> None:
    place = Position(data.draw(st.none() | values[kind]), data.draw(values[key_kind]))
    cursor = Cursor(place, backward)
    token = write_cursor(cursor, "post -timestamp")
    assert token.isascii()
    assert token.replace("-", "").replace("_", "").isalnum()
    assert read_cursor(token, "post -timestamp", kind, key_kind) == cursor


@given(st.text() | st.recursive(st.none() | st.integers() | st.text() | st.floats(), st.lists).map(packed))
def test_what_nobody_wrote_is_the_first_page(token: str) -> None:
    assert read_cursor(token, "post -timestamp", datetime, int) == Cursor()


BROKEN = [
    "x",
    "éé",
    "%00",
    "A" * 5_000,
    packed("[" * 900),
    base64.urlsafe_b64encode(b"[" * 3_000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"9" * 3_000).decode(),
    packed(None),
    packed([]),
    packed(["post -timestamp", False, "2026-01-01T00:00:00"]),
    packed(["post -timestamp", False, "2026-01-01T00:00:00", None]),
    packed(["post -timestamp", False, "2026-01-01T00:00:00", True]),
    packed(["post -timestamp", False, "2026-01-01T00:00:00", "1"]),
    packed(["post -timestamp", 1, "2026-01-01T00:00:00", 1]),
    packed(["post timestamp", False, "2026-01-01T00:00:00", 1]),
    packed(["user -timestamp", False, "2026-01-01T00:00:00", 1]),
]


@pytest.mark.parametrize("token", BROKEN)
def test_a_broken_or_foreign_token_is_the_first_page(token: str) -> None:
    assert read_cursor(token, "post -timestamp", datetime, int) == Cursor()


@pytest.mark.parametrize("value", ["2026-13-01", "yesterday", "", 5, True, 1.5, ["2026-01-01"]])
def test_a_value_of_another_type_is_the_first_page(value: object) -> None:
    assert read_cursor(packed(["o", False, value, 1]), "o", datetime, int) == Cursor()


def test_text_that_no_database_takes_is_the_first_page() -> None:
    for value in ("a\0b", "\ud800"):
        assert read_cursor(packed(["o", False, value, 1]), "o", str, int) == Cursor()


def test_absurd_places_are_read_without_an_error(session: Session) -> None:
    session.execute(insert(User), [{"id": key, "username": f"u{key}"} for key in range(1, 4)])
    session.execute(insert(Post), [{"id": key, "timestamp": datetime(2026, 3, key)} for key in range(1, 4)])
    for key in (10**30, -(10**30), 2**63, 2**31, 0, -1):
        for backward in (False, True):
            token = packed(["user id", backward, key, key])
            assert len(Listing(USERS, order="id", cursor=token, size=10).page(session).rows) == 3
            for when in ("0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"):
                token = packed(["post -timestamp", backward, when, key])
                assert len(Listing(POSTS, cursor=token, size=10).page(session).rows) == 3
    for token in BROKEN:
        page = Listing(POSTS, cursor=token, size=2).page(session)
        assert page.is_first
        assert [row.id for row in page.rows] == [3, 2]
    for name in ("", "\U0010ffff" * 64, "%_'\"\\"):
        token = packed(["user username", False, name, 1])
        assert len(Listing(USERS, order="username", cursor=token, size=10).page(session).rows) == 3


def test_last_is_the_last_page(session: Session) -> None:
    session.execute(insert(User), [{"id": key, "username": f"u{key}"} for key in range(1, 6)])
    page = Listing(USERS, cursor=LAST, size=2).page(session)
    assert [row.id for row in page.rows] == [4, 5]
    assert page.has_previous
    assert not page.has_next
    assert not page.is_first
