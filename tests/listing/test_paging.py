"""Whichever way one goes, every row is seen once and in order, while rows come and go."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, insert
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from tests.listing.tables import Base, Sample
from tests.listing.walking import ORDERS, backward, forward, keys, page

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456)
SQLITE = create_engine("sqlite://", poolclass=StaticPool)
Base.metadata.create_all(SQLITE)

Table = dict[int, dict[str, Any]]

numbers = st.none() | st.integers(0, 3) | st.sampled_from([-(2**31), 2**31 - 1])
words = st.none() | st.sampled_from(["", "a", "A", "ab", "é", "z%_'\"\\", "\U0001f600"])
times = st.none() | st.integers(0, 3).map(lambda micros: NOON + timedelta(microseconds=micros))
rows = st.fixed_dictionaries({"number": numbers, "word": words, "at": times, "second": numbers})
tables = st.dictionaries(st.integers(-20, 20), rows, max_size=25)
orders = st.sampled_from(ORDERS)


def filled(session: Session, table: Table) -> None:
    session.execute(delete(Sample))
    add(session, table)


def add(session: Session, table: Table) -> None:
    if table:
        session.execute(insert(Sample), [{"id": key, **row} for key, row in table.items()])


def in_order(table: Table, order: str) -> list[int]:
    """The keys as SQLite has to order them: nulls low, ties by key."""
    column, _, ties = order.partition(",")
    name, turned = column.removeprefix("-"), column.startswith("-")
    rows = {key: {"id": key} | row for key, row in table.items()}
    # A stable sort keeps those that are equal in the order that they have already.
    by_key = sorted(rows, reverse=(ties or column).startswith("-"))
    nulls = [key for key in by_key if rows[key][name] is None]
    others = [key for key in by_key if rows[key][name] is not None]
    others.sort(key=lambda key: rows[key][name], reverse=turned)
    return others + nulls if turned else nulls + others


@given(tables, orders, st.integers(1, 6))
def test_forward_every_row_is_seen_once_in_order(table: Table, order: str, size: int) -> None:
    with Session(SQLITE) as session:
        filled(session, table)
        pages = list(forward(session, order, size))
        assert [key for found in pages for key in keys(found)] == in_order(table, order)
        assert [found.is_first for found in pages] == [True] + [False] * (len(pages) - 1)
        assert all(len(found.rows) == size for found in pages[:-1])


@given(tables, orders, st.integers(1, 6))
def test_backward_every_row_is_seen_and_the_first_page_is_full(table: Table, order: str, size: int) -> None:
    with Session(SQLITE) as session:
        filled(session, table)
        expected = in_order(table, order)
        *others, first = backward(session, order, size)
        assert keys(first) == expected[:size]
        assert first.is_first
        # Only the first page, being filled up, may show again what the one after it showed.
        seen = [key for found in reversed(others) for key in keys(found)]
        assert seen == expected[len(expected) - len(seen) :]
        assert len(expected) - size <= len(seen) < max(len(expected), 1)
        assert all(len(found.rows) == size and not found.is_first for found in others)


@given(tables, orders, st.integers(1, 4), st.data())
def test_from_any_page_back_and_here_again(table: Table, order: str, size: int, data: st.DataObject) -> None:
    with Session(SQLITE) as session:
        filled(session, table)
        pages = list(forward(session, order, size))
        here = data.draw(st.integers(0, len(pages) - 1))
        if pages[here].has_previous:
            back = page(session, order, size, pages[here].previous)
            assert keys(back) == keys(pages[here - 1])
            assert keys(page(session, order, size, back.next)) == keys(pages[here])
        assert pages[here].has_previous == (here > 0)


@given(tables, orders, st.integers(1, 4), st.sampled_from([forward, backward]), st.data())
def test_what_stays_is_seen_once_in_order_while_rows_come_and_go(
    table: Table, order: str, size: int, keyset: Any, data: st.DataObject
) -> None:
    with Session(SQLITE) as session:
        filled(session, table)
        seen: list[int] = []
        ever, stayed = dict(table), set(table)
        for found in keyset(session, order, size):
            # A page at an end is filled up, and may show again what was seen; within a page nothing repeats.
            assert len(set(keys(found))) == len(found.rows)
            seen = keys(found) + seen if keyset is backward else seen + keys(found)
            stayed -= disturb(session, ever, data)
        kept = [key for key in dict.fromkeys(seen) if key in stayed]
        assert kept == [key for key in in_order(ever, order) if key in stayed]


def disturb(session: Session, ever: Table, data: st.DataObject) -> set[int]:
    """Some rows come, and those returned go."""
    leaving = data.draw(st.sets(st.sampled_from(sorted(ever)), max_size=2)) if ever else set()
    arriving = data.draw(
        st.dictionaries(st.integers(21, 40).filter(lambda key: key not in ever), rows, max_size=2)
    )
    session.execute(delete(Sample).where(Sample.id.in_(leaving)))
    add(session, arriving)
    ever |= arriving
    return leaving
