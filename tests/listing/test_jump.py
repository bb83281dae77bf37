"""A jump lands where it says, in both directions, and leads on and back from there."""

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from backoffice.listing import Listing
from tests.listing.shapes import PAGES, SAMPLES
from tests.listing.tables import Page, Sample
from tests.listing.test_paging_databases import fill, own_order
from tests.listing.walking import keys, page

pytestmark = pytest.mark.every_database

MIDNIGHT = datetime(2026, 3, 2)
WORDS = [
    "",
    "OL",
    "Ol",
    "ok",
    "ol",
    "ol-9",
    "ol_%",
    "olá",
    "ola",
    "olz",
    "olzz",
    "om",
    "o m",
    "ól",
    "Om",
    "z",
]
WIDE = ["ol中", "ol😀", "ol😀z", "olz\U0001f600"]
# Orders of letters in which the column may stand, where its database lets one choose.
COLLATIONS = {
    "sqlite": [""],
    "postgresql": ["", '"C"', '"C.utf8"', '"und-x-icu"', '"en-x-icu"'],
    "mariadb": ["", "utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci", "utf8mb4_bin", "latin1_swedish_ci"],
}
ALTER = {
    "postgresql": "ALTER TABLE sample ALTER COLUMN word TYPE varchar(40) COLLATE {0}",
    "mariadb": "ALTER TABLE sample MODIFY word varchar(40) COLLATE {0}",
}


def landed(session: Session, order: str, at: str, size: int = 200) -> list[int]:
    return keys(page(session, order, size, at=at))


@pytest.mark.parametrize("ties", ["", ",id", ",-id"])
def test_to_a_day_or_a_time(session: Session, ties: str) -> None:
    moments = [MIDNIGHT + timedelta(hours=6 * number) for number in range(-8, 9)]
    at: dict[int, datetime | None] = dict(enumerate([*moments, None, *moments]))
    rows = [{"id": key, "at": moment} for key, moment in at.items()]
    session.execute(insert(Sample).execution_options(render_nulls=True), rows)
    for asked, begin, end in [
        ("2026-03-02", MIDNIGHT, MIDNIGHT + timedelta(days=1)),
        ("2026-03-02T06:00", MIDNIGHT + timedelta(hours=6), MIDNIGHT + timedelta(hours=6, minutes=1)),
        ("2026-03-02T06:30", MIDNIGHT + timedelta(hours=6.5), MIDNIGHT + timedelta(hours=6.5, minutes=1)),
    ]:
        for name, is_before in [("at", _earlier(begin)), ("-at", _not_earlier(end))]:
            expected = own_order(session, name + ties)
            first = next(n for n, key in enumerate(expected) if (one := at[key]) and not is_before(one))
            assert landed(session, name + ties, asked) == expected[first:], (name, asked)
            found = page(session, name + ties, 3, at=asked)
            back = page(session, name + ties, 3, found.previous)
            assert keys(back) == expected[max(first - 3, 0) : first]
            assert keys(page(session, name + ties, 3, found.next)) == expected[first + 3 : first + 6]


def _earlier(than: datetime) -> Callable[[datetime], bool]:
    return lambda at: at < than


def _not_earlier(than: datetime) -> Callable[[datetime], bool]:
    return lambda at: at >= than


def test_a_day_is_that_of_the_zone(session: Session) -> None:
    session.execute(
        insert(Sample), [{"id": hour, "at": MIDNIGHT + timedelta(hours=hour)} for hour in range(9)]
    )
    for order, expected in [("at", [5, 6, 7, 8]), ("-at", [4, 3, 2, 1, 0])]:
        day = "2026-03-02" if order == "at" else "2026-03-01"
        listing = Listing(SAMPLES, order=order, at=day, zone=ZoneInfo("America/New_York"))
        assert keys(listing.page(session)) == expected


def test_a_midnight_that_another_program_wrote_in_its_own_form(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("only SQLite keeps times as text")
    forms = [
        "2026-03-01 23:59:59",
        "2026-03-02 00:00:00",
        "2026-03-02T00:00:00",
        "2026-03-03 00:00:00.000000",
    ]
    for key, form in enumerate(forms):
        session.execute(text("INSERT INTO sample (id, at) VALUES (:key, :form)"), {"key": key, "form": form})
    assert landed(session, "at", "2026-03-02") == [1, 2, 3]
    assert landed(session, "-at", "2026-03-02") == [2, 1, 0]


def test_to_a_number(session: Session) -> None:
    fill(session)
    assert landed(session, "id", "30")[0] == 30
    assert landed(session, "-id", "#30")[0] == 30
    for order in ("number", "-number"):
        values = {row.id: row.number for row in session.execute(select(Sample.id, Sample.number))}
        assert values[landed(session, order, "7")[0]] == 7
        assert values[landed(session, order, "6")[0]] == (7 if order == "number" else 0)


def test_to_a_beginning_in_the_order_of_the_column(session: Session) -> None:
    kind = session.get_bind().dialect.name
    for collation in COLLATIONS[kind]:
        session.execute(delete(Sample))
        if collation:
            session.execute(text(ALTER[kind].format(collation)))
        words = [None, *WORDS, *([] if "latin1" in collation else WIDE)]
        session.execute(insert(Sample), [{"id": key, "word": word} for key, word in enumerate(words)])
        for asked in ("ol", "olz", "Ol", "z", "o", "ol_"):
            for order in ("word", "-word", "word,-id", "-word,id"):
                assert_lands_at_the_beginning(session, order, asked, words)


def assert_lands_at_the_beginning(session: Session, order: str, asked: str, words: list[str | None]) -> None:
    expected = own_order(session, order)
    found = landed(session, order, asked)
    assert found == expected[-len(found) :]
    begins = [key for key in expected if (words[key] or "").startswith(asked)]
    assert set(begins) <= set(found), (order, asked)
    before = words[expected[-len(found) - 1]] if len(found) < len(expected) else None
    if order.startswith("-"):
        assert not plain(before).startswith(plain(asked)), (order, asked)
    assert plain(words[found[0]]).startswith(plain(asked)), (order, asked)


def plain(word: str | None) -> str:
    """Without what some orders of letters do not mind: case and accents."""
    letters = unicodedata.normalize("NFD", word or "").casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def test_where_nothing_is_the_nearest_row_is_shown(session: Session) -> None:
    session.execute(insert(Sample), [{"id": key, "word": word} for key, word in enumerate(["b", "d", "f"])])
    assert landed(session, "word", "c") == [1, 2]
    assert landed(session, "-word", "e") == [1, 0]
    assert landed(session, "word", "g") == [0, 1, 2]
    assert landed(session, "-word", "a") == [2, 1, 0]
    last = page(session, "word", 1, at="g")
    assert (keys(last), last.has_next, last.has_previous) == ([2], False, True)
    assert keys(page(session, "word", 1, last.previous)) == [1]


def test_a_cursor_goes_before_a_jump(session: Session) -> None:
    fill(session)
    second = page(session, "id", 10).next
    assert keys(page(session, "id", 10, second, at="50")) == keys(page(session, "id", 10, second))


def test_keys_of_text_have_beginnings(session: Session) -> None:
    session.execute(insert(Page), [{"slug": slug} for slug in ("about", "blog", "blog/one", "contact")])
    found = Listing(PAGES, order="-slug", at="blog").page(session)
    assert [row.slug for row in found.rows] == ["blog/one", "blog", "about"]


@pytest.mark.parametrize(
    ("order", "at"),
    [
        ("at", "yesterday"),
        ("-at", "2026-02-30"),
        ("id", "x"),
        ("number", "1.5"),
        ("word", "\0"),
        ("id", "9" * 400),
    ],
)
def test_what_is_no_place_is_the_first_page_and_said(session: Session, order: str, at: str) -> None:
    fill(session)
    listing = Listing(SAMPLES, order=order, at=at)
    assert listing.page(session).is_first
    assert listing.error


@pytest.mark.parametrize("at", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59.999999"])
def test_the_ends_of_time(session: Session, at: str) -> None:
    fill(session)
    for order in ("at", "-at"):
        listing = Listing(SAMPLES, order=order, at=at, size=200)
        assert listing.page(session).rows
