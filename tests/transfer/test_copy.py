"""PostgreSQL writes what is written here, byte for byte."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import JSON, DateTime, Engine, Numeric, String, TypeDecorator, insert, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from backoffice.listing import Columns, Listing, parse_filters
from backoffice.transfer.copy import can_copy, copy_rows
from backoffice.transfer.csv import export_csv, write_rows
from backoffice.transfer.json_lines import export_json_lines
from tests.listing.plans import asking
from tests.listing.shapes import POSTS, USERS
from tests.listing.tables import Shade
from tests.transfer.test_csv import FORMULA_STARTS, UNSEEN

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


class Base(DeclarativeBase):
    """Apart from the tables of the application."""


class Upper(TypeDecorator[str]):
    """Kept in capitals."""

    impl = String(9)
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: object) -> str | None:
        return value and value.upper()


class Awkward(Base):
    """A column of each type that COPY can write, and some that it cannot."""

    __tablename__ = "awkward"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str | None] = mapped_column(String(40))
    naive: Mapped[datetime | None] = mapped_column(DateTime)
    aware: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    day: Mapped[date | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 10))
    flag: Mapped[bool | None]
    content: Mapped[bytes | None]
    shade: Mapped[Shade | None]
    number: Mapped[UUID | None]
    weight: Mapped[float | None]
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    code: Mapped[str | None] = mapped_column(Upper)


KNOWN = ["id", "word", "naive", "aware", "day", "price", "flag", "content", "shade", "number"]
WORDS = [
    None,
    "",
    "plain",
    "a,b",
    'a "quote"',
    "a\nb",
    "a\r\nb\r",
    "é\U0001f600",
    "\\N",
    "100% %s :x",
    " ",
    *FORMULA_STARTS,
    *(f"{start}1,+1" for start in FORMULA_STARTS),
    *(f"{unseen}{start}1" for unseen in UNSEEN for start in FORMULA_STARTS),
    *(f"{unseen}plain" for unseen in UNSEEN),
]
NUMBERS: list[Any] = [None, *map(Decimal, ["-0.10", "1E-8", "12345.6789", "0"])]


@pytest.fixture
def awkward(engine: Engine) -> Engine:
    """Rows that are hard to write."""
    Base.metadata.create_all(engine)
    moment = datetime(2026, 3, 1, 12, 0, 0, 7)
    rows = [
        {
            "id": key - 3,
            "word": word,
            "naive": moment - timedelta(days=key) if key % 3 else None,
            "aware": (moment - timedelta(hours=key)).replace(tzinfo=UTC) if key % 2 else None,
            "day": moment.date() if key % 2 else None,
            "price": NUMBERS[key % len(NUMBERS)],
            "flag": [None, True, False][key % 3],
            "content": [None, b"", b"\x00\xff"][key % 3],
            "shade": [None, *Shade][key % 3],
            "number": UUID(int=key) if key % 2 else None,
            "weight": -0.5,
            "extra": {"a": 1},
            "code": "x",
        }
        for key, word in enumerate(WORDS)
    ]
    with engine.begin() as connection:
        connection.execute(insert(Awkward).execution_options(render_nulls=True), rows)
    return engine


def both(engine: Engine, listing: Listing) -> tuple[str, str]:
    """The lines as the database and as Python writes them."""
    with Session(engine) as session:
        assert can_copy(session, listing)
        copied, written = (b"".join(way(session, listing)).decode() for way in (copy_rows, write_rows))
        return copied, written


def test_awkward_rows_come_out_the_same(awkward: Engine) -> None:
    copied, written = both(awkward, Listing(Columns(Awkward, KNOWN)))
    assert copied == written
    assert len(list(csv.reader(io.StringIO(copied, newline="")))) == len(WORDS)


def test_filters_and_search_are_bound(awkward: Engine) -> None:
    columns = Columns(Awkward, KNOWN, filters=["id", "word"], search=["word"])
    for filters, search, expected in (
        ([("word_in_list", 'plain, a "quote", it\'s, %(x)s')], "", 2),
        ([("word_equals", "100% %s :x")], "", 1),
        ([("id_greater", "0")], "100%", 1),
    ):
        copied, written = both(awkward, Listing(columns, parse_filters(filters, columns), search))
        assert copied == written
        assert copied.count("\n") == expected


@pytest.mark.parametrize(
    ("moment", "cell"),
    [
        ("infinity", "infinity"),
        ("-infinity", "-infinity"),
        ("0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"),
        ("12345-01-01 00:00:00", "12345-01-01 00:00:00"),
        ("9999-12-31 23:59:59.999999", "9999-12-31T23:59:59.999999Z"),
        ("0001-01-01 00:00:00", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_times_that_python_has_not_are_written_as_they_are(awkward: Engine, moment: str, cell: str) -> None:
    with awkward.begin() as connection:
        connection.execute(text("DELETE FROM awkward WHERE id <> 1"))
        connection.execute(text("UPDATE awkward SET naive = CAST(:moment AS timestamp)"), {"moment": moment})
    listing = Listing(Columns(Awkward, ["id", "naive"]))
    assert b"".join(export_csv(listing, awkward)).decode() == f"id,naive\n1,{cell}\n"
    assert b"".join(export_json_lines(listing, awkward)).decode() == f'{{"id": 1, "naive": "{cell}"}}\n'


@pytest.mark.parametrize("column", ["weight", "extra", "code"])
def test_what_it_writes_in_a_way_of_its_own_is_written_here(awkward: Engine, column: str) -> None:
    listing = Listing(Columns(Awkward, ["id", column]))
    with Session(awkward) as session:
        assert not can_copy(session, listing)
    cells = {"weight": "-0.5", "extra": '"{""a"": 1}"', "code": "X"}
    assert f"1,{cells[column]}\n".encode() in b"".join(export_csv(listing, awkward))


def test_what_a_type_makes_of_a_condition_is_what_is_asked_for(awkward: Engine) -> None:
    listing = Listing(Columns(Awkward, ["id"]), within=[Awkward.code == "x"])
    with Session(awkward) as session:
        assert not can_copy(session, listing)
    assert len(b"".join(export_csv(listing, awkward)).splitlines()) == 1 + len(WORDS)


@pytest.mark.parametrize("columns", [USERS, POSTS], ids=["users", "posts"])
def test_the_users_and_posts_are_copied(engine: Engine, columns: Columns) -> None:
    with asking(engine) as asked:
        assert len(list(export_csv(Listing(columns), engine))) == 1
    assert asked == []
