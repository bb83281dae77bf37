"""JSON Lines in UTF-8: an object a line, whose keys are the columns' names.

Numbers, truth values, NULL, lists and objects stay what they are, decimals with all their digits. Times are
ISO 8601 in UTC, bytes are hexadecimal, and what JSON has no word for (`NaN`, `Infinity`) is text.
"""

import json
import math
from collections.abc import Callable, Generator
from datetime import datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backoffice.listing import Listing
from backoffice.transfer.rows import read_rows
from backoffice.transfer.stream import Ask, stream
from backoffice.transfer.times import time_text


def export_json_lines(listing: Listing, engine: Engine, ask: Ask = lambda: None) -> Generator[bytes]:
    """The file in pieces, after an empty one that nothing was read for: all rows of the listing in its order.

    `ask` may break it off: see `stream`.
    """
    return stream(engine, "", lambda session: _rows(session, listing), ask)


def _rows(session: Session, listing: Listing) -> Generator[bytes]:
    keys = [encode_basestring(column.name).replace("%", "%%") for column in listing.columns.shown]
    line = "{" + ", ".join(f"{key}: %s" for key in keys) + "}\n"
    for rows in read_rows(session, listing):
        yield "".join([line % tuple(map(json_value, row)) for row in rows]).encode()


def json_value(value: object) -> str:
    """One value as JSON."""
    return VALUES.get(type(value), _other)(value)


def _float(number: float) -> str:
    return repr(number) if math.isfinite(number) else _decimal(Decimal(number))


def _decimal(number: Decimal) -> str:
    return format(number, "f") if number.is_finite() else f'"{number}"'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _other(value: object) -> str:
    return encode_basestring(str(value))


VALUES: dict[type[object], Callable[[Any], str]] = {
    type(None): lambda _: "null",
    str: encode_basestring,
    int: str,
    float: _float,
    Decimal: _decimal,
    bool: lambda flag: "true" if flag else "false",
    datetime: lambda moment: f'"{time_text(moment)}"',
    bytes: lambda content: f'"{content.hex()}"',
    dict: _json,
    list: _json,
}
