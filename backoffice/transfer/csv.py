"""CSV as RFC 4180 has it, in UTF-8 without a byte order mark, safe to open in a spreadsheet.

A spreadsheet runs text that begins like a formula. Such text gets one apostrophe in front, and so does text
that begins with an apostrophe itself: taking one leading apostrophe away restores every cell. Numbers stay as
they are. Times are ISO 8601 in UTC. NULL is nothing between the commas, empty text is a pair of quotes.
"""

import re
from collections.abc import Generator, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from backoffice.listing import Listing
from backoffice.transfer.stream import Ask, stream

# What begins a formula in one spreadsheet or another, the full-width forms included, and our own mark.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'")
QUOTE = '"'
NEEDS_QUOTES = re.compile(r'[",\r\n]|^$')


def export_csv(listing: Listing, engine: Engine, ask: Ask = lambda: None) -> Generator[bytes]:
    """The file in pieces: a header with the columns' names, then all rows of the listing in its order.

    `ask` may break it off: see `stream`.
    """
    names = [column.name for column in listing.columns.shown]
    return stream(listing, engine, csv_line(names), csv_line, ask)


def csv_line(values: Iterable[Any]) -> str:
    """One row of the file, with the end of its line."""
    return ",".join(map(_field, values)) + "\r\n"


def guard_cell(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def restore_cell(text: str) -> str:
    """The text of a cell as it was before `guard_cell`."""
    return text.removeprefix("'")


def _field(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case datetime():
            return _in_utc(value)
        case bytes():
            return value.hex()
    text = guard_cell(str(value))
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if NEEDS_QUOTES.search(text) else text


def _in_utc(moment: datetime) -> str:
    """A naive time is one in UTC already."""
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
