"""The order of a list is the database's own, in both directions, on each database."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import asc, delete, desc, insert, select, text, update
from sqlalchemy.orm import Session

from backoffice.listing import LAST, Listing
from tests.listing.shapes import PAGES
from tests.listing.tables import Page, Sample
from tests.listing.walking import ORDERS, backward, forward, keys, page

pytestmark = pytest.mark.every_database

NOON = datetime(2026, 3, 1, 12, 0)
NUMBERS = [None, -(2**31), 0, 7, 2**31 - 1]
WORDS = [None, "", "a", "A", "á", "a ", "b%_'\"\\/", "Ünïcode", "\U0001f600"]
TIMES = [None, NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1), datetime(1970, 1, 1)]


def fill(session: Session) -> None:
    """Ties and nulls in every column."""
    values = [*product(NUMBERS, WORDS), *product(TIMES, WORDS)]
    rows = [
        {
            "id": (17 * place) % 101,
            "word": word,
            "number": NUMBERS[place % 5],
            "at": TIMES[place % 4 + place % 2],
        }
        for place, (_, word) in enumerate(values)
    ]
    session.execute(insert(Sample), rows)
    session.commit()


def own_order(session: Session, order: str) -> list[int]:
    """The keys as the database orders them when it is left to itself."""
    column, _, ties = order.partition(",")
    by = [
        (desc if name.startswith("-") else asc)(getattr(Sample, name.removeprefix("-")))
        for name in (column, ties or column.replace(column.removeprefix("-"), "id"))
    ]
    return list(session.scalars(select(Sample.id).order_by(*by)))


@pytest.mark.parametrize("size", [4, 200])
def test_both_ways_in_every_order(session: Session, size: int) -> None:
    fill(session)
    for order in ORDERS:
        expected = own_order(session, order)
        assert [key for found in forward(session, order, size) for key in keys(found)] == expected, order
        *others, first = backward(session, order, size)
        assert keys(first) == expected[:size], order
        seen = [key for found in reversed(others) for key in keys(found)]
        assert seen == expected[len(expected) - len(seen) :], order


def test_a_page_is_stable_while_rows_come_and_go(session: Session) -> None:
    fill(session)
    for order in ORDERS:
        expected = own_order(session, order)
        second = page(session, order, 10, page(session, order, 10).next)
        session.execute(delete(Sample).where(Sample.id.in_(expected[3:7] + expected[9:10])))
        assert keys(page(session, order, 10, page(session, order, 10).next)) != keys(second)
        assert keys(page(session, order, 10, second.next)) == expected[20:30], order
        assert keys(page(session, order, 10, second.previous)) == keys(page(session, order, 10)), order
        session.rollback()


def test_a_page_stays_where_it_is_when_the_row_before_it_is_moved_or_gone(session: Session) -> None:
    fill(session)
    for order in ORDERS:
        expected = own_order(session, order)
        first = page(session, order, 10)
        third = page(session, order, 10, page(session, order, 10, first.next).next)
        ends = Sample.id.in_([expected[9], expected[20]])
        for change in (delete(Sample), update(Sample).values(number=3, word="moved", at=NOON, second=3)):
            session.execute(change.where(ends).execution_options(synchronize_session=False))
            assert set(expected[10:19]) <= set(keys(page(session, order, 11, first.next))), order
            assert set(expected[11:20]) <= set(keys(page(session, order, 11, third.previous))), order
            session.rollback()


def test_a_place_behind_the_end_shows_the_last_page(session: Session) -> None:
    fill(session)
    expected = own_order(session, "-at")
    token = page(session, "-at", 20).next
    session.execute(delete(Sample).where(Sample.id.in_(expected[15:])))
    found = page(session, "-at", 20, token)
    assert keys(found) == expected[:15]
    assert not found.has_next


def test_keys_of_text(session: Session) -> None:
    slugs = ["a", "B", "c/d", "é", "f'g"]
    session.execute(insert(Page), [{"slug": slug, "title": slug.upper()} for slug in slugs])
    expected = list(session.scalars(select(Page.slug).order_by(Page.slug)))
    seen, cursor = [], ""
    for _ in slugs:
        found = Listing(PAGES, size=1, cursor=cursor).page(session)
        seen += [row.slug for row in found.rows]
        cursor = found.next or ""
    assert seen == expected
    assert not cursor
    assert [row.slug for row in Listing(PAGES, size=2, cursor=LAST).page(session).rows] == expected[-2:]


def test_times_that_another_program_wrote_in_its_own_form(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("only SQLite keeps times as text")
    forms = [
        "2026-03-01 12:00:00",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00.000000",
        "2026-03-01 12:00:00",
    ]
    for key, form in enumerate(forms):
        session.execute(text("INSERT INTO sample (id, at) VALUES (:key, :form)"), {"key": key, "form": form})
    for order in ("at", "-at"):
        found = [key for each in forward(session, order, 1) for key in keys(each)]
        assert found == own_order(session, order)
