"""CSV in UTF-8 without a byte order mark, safe to open in a spreadsheet.

It is that of RFC 4180, but that a line ends with a line feed alone, as PostgreSQL's COPY writes it; line
breaks within a cell stay what they are. A spreadsheet runs text that begins like a formula, after blanks and
other invisible characters too. Such text gets one apostrophe in front, and so does text that begins with an
apostrophe itself: taking one leading apostrophe away restores every cell. Numbers stay as they are. Times are
ISO 8601 in UTC, bytes are hexadecimal. NULL is nothing between the commas, empty text is a pair of quotes.
"""

import json
import re
from collections.abc import Callable, Generator, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backoffice.listing import Listing
from backoffice.models import INVISIBLE
from backoffice.transfer.copy import can_copy, copy_rows
from backoffice.transfer.formulas import MARK, SIGNS, guard_cell
from backoffice.transfer.rows import read_rows
from backoffice.transfer.stream import Ask, stream
from backoffice.transfer.times import time_text

QUOTE = '"'
NEEDS_QUOTES = re.compile(r'[",\r\n]|^$')
# What neither is guarded nor needs quotes: nearly all there is, recognized in one go.
PLAIN = re.compile(rf"[^{INVISIBLE}{SIGNS}{MARK}\",][^\",\r\n]*")


def export_csv(listing: Listing, engine: Engine, ask: Ask = lambda: None) -> Generator[bytes]:
    """The file in pieces: a header with the columns' names, then all rows of the listing in its order.

    `ask` may break it off: see `stream`.
    """
    names = [column.name for column in listing.columns.shown]
    return stream(engine, csv_line(names), lambda session: _rows(session, listing), ask)


def _rows(session: Session, listing: Listing) -> Generator[bytes]:
    return copy_rows(session, listing) if can_copy(session, listing) else write_rows(session, listing)


def write_rows(session: Session, listing: Listing) -> Generator[bytes]:
    """The lines of all rows, made here: some 200 at a time."""
    for rows in read_rows(session, listing):
        yield "".join([csv_line(row) for row in rows]).encode()


def csv_line(values: Iterable[object]) -> str:
    """One row of the file, with the end of its line."""
    return ",".join([CELLS.get(type(value), _other)(value) for value in values]) + "\n"


def _text(text: str) -> str:
    if PLAIN.fullmatch(text):
        return text
    guarded = guard_cell(text)
    return f'"{guarded.replace(QUOTE, QUOTE * 2)}"' if NEEDS_QUOTES.search(guarded) else guarded


def _json(value: object) -> str:
    return _text(json.dumps(value, ensure_ascii=False))


def _other(value: object) -> str:
    return _text(str(value))


CELLS: dict[type[object], Callable[[Any], str]] = {
    type(None): lambda _: "",
    str: _text,
    int: str,
    float: str,
    Decimal: lambda number: format(number, "f"),
    bool: lambda flag: "true" if flag else "false",
    datetime: time_text,
    bytes: lambda content: _text(content.hex()),
    dict: _json,
    list: _json,
}
