"""A cell comes back as it was, and no spreadsheet takes it for a formula."""

import csv
import io
import sys
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backoffice.transfer import file_name, restore_cell
from backoffice.transfer.csv import csv_line
from backoffice.transfer.formulas import guard_cell

# What begins a formula, or gets a mark for another reason.
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULA_STARTS = (*SIGNS, "\t", "\r", "\n", "'")
# What shows nothing before it.
UNSEEN = (
    " ",
    "  ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u2800",
    "\u3164",
    "\u115f",
    "\u034f",
    "\u202e ",
    "\U000e0020",
)
# Letters and blanks that show nothing although Unicode's categories do not say so.
DRAWN_AS_NOTHING = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\ufe00\ufe0f\uffa0\U000e0100"
)
text = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "=+-@\t\r\n'\",;\uff1d\uff0b\uff0d\uff20 a\u200b\u2800"
)


def shows(character: str) -> bool:
    """Whether a reader sees anything of it."""
    blank = unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or character.isspace()
    return not blank and character not in DRAWN_AS_NOTHING


def read(file: str) -> list[list[str]]:
    """The file as other programs read it."""
    return list(csv.reader(io.StringIO(file, newline=""), strict=True))


@given(st.lists(st.lists(text, min_size=1, max_size=5), max_size=5))
@example([["''"], ["'"], [""], ["\r\n"], ["'=1"], ['"', ",", "\n"]])
def test_cells_come_back_as_they_were(rows: list[list[str]]) -> None:
    file = "".join(map(csv_line, rows))
    assert [[restore_cell(cell) for cell in row] for row in read(file)] == rows


@given(text)
@example(" =1")
@example("\u200b\u3164@x")
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    (row,) = read(csv_line([cell]))
    assert not row[0].startswith(("\t", "\r", "\n"))
    assert not "".join(filter(shows, row[0])).startswith(SIGNS)
    assert guard_cell(cell) in (cell, "'" + cell)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert guard_cell(f"{start}1+1") == f"'{start}1+1"
    assert guard_cell(f"1{start}1") == f"1{start}1"


def test_every_form_of_a_sign_is_one() -> None:
    forms = [
        one for one in map(chr, range(sys.maxunicode + 1)) if unicodedata.normalize("NFKC", one)[0] in "=+-@"
    ]
    assert len(forms) > 15
    for sign in forms:
        assert guard_cell(f"{sign}1") == f"'{sign}1", hex(ord(sign))
        assert guard_cell(f"\ufeff {sign}1") == f"'\ufeff {sign}1", hex(ord(sign))


def test_the_first_visible_character_decides() -> None:
    for unseen in filter(lambda each: not shows(each), map(chr, range(sys.maxunicode + 1))):
        assert guard_cell(f" {unseen}=1") == f"' {unseen}=1", hex(ord(unseen))
    for unseen in UNSEEN:
        assert guard_cell(f"{unseen}1=1") == f"{unseen}1=1"
        assert guard_cell(f"a{unseen}=1") == f"a{unseen}=1"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", '""'),
        (0, "0"),
        (-17, "-17"),
        (-1.5, "-1.5"),
        (Decimal("-0.10"), "-0.10"),
        (Decimal("1E-8"), "0.00000001"),
        (True, "true"),
        (False, "false"),
        (datetime(2026, 3, 1, 12), "2026-03-01T12:00:00.000000Z"),
        (datetime(2026, 3, 1, 12, 0, 0, 7), "2026-03-01T12:00:00.000007Z"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00.000000Z"),
        (datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))), "2026-03-01T10:00:00.000000Z"),
        (date(2026, 3, 1), "2026-03-01"),
        (b"\x00\xff", "00ff"),
        (b"", '""'),
        ({"a": ["é", None]}, '"{""a"": [""é"", null]}"'),
        ("a,b", '"a,b"'),
        ('a"b', '"a""b"'),
        ("a\nb", '"a\nb"'),
        ("-1", "'-1"),
        ("é\U0001f600", "é\U0001f600"),
    ],
)
def test_a_value_is_written_so(value: Any, cell: str) -> None:
    assert csv_line([value, 1]) == f"{cell},1\n"


def test_a_file_is_called_after_what_it_holds_and_when() -> None:
    at = datetime(2026, 11, 22, 10, 12, 59)
    assert file_name("users", "csv", at) == "users-2026-11-22T1012Z.csv"
    assert file_name("users", "jsonl", at, filtered=True) == "users-filtered-2026-11-22T1012Z.jsonl"
