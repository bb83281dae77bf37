"""Where a page begins or ends, as a token that can stand in an address and be shared."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from backoffice.drivers import as_written
from backoffice.listing.values import clamped
from backoffice.models import is_storable

# The token of the last page, which needs no place.
LAST = "last"
LONGEST_TOKEN = 4_096
# Endless, before Christ, after the year 9999, or of no day at all.
NO_TIME_OF_PYTHON = re.compile(
    r"-?infinity|\d{5,6}-\d\d-\d\d[ \d:.+]*|\d{4,6}-\d\d-\d\d[ \d:.+]* BC"
    r"|0000-\d\d-\d\d[ \d:.]*|\d{4}-(00-\d\d|\d\d-00)[ \d:.]*",
    re.ASCII,
)


@dataclass(frozen=True)
class Position:
    """A row's place in an order: by its value, then by its key."""

    value: object
    key: object


@dataclass(frozen=True)
class Cursor:
    """The page after a place, without one the first; or the page before it, without one the last."""

    place: Position | None = None
    backward: bool = False


def write_cursor(cursor: Cursor, order: str) -> str:
    """The token: a list of the order, the direction, and the value and the key of the place."""
    place = cursor.place
    if place is None:
        return LAST if cursor.backward else ""
    parts = [order, cursor.backward, _written(place.value), _written(place.key)]
    packed = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(token: str, order: str, value_type: type[object], key_type: type[object]) -> Cursor:
    """The cursor of a token. One that is broken, or of another order, is that of the first page.

    The type `object` is any: in a column of SQLite's, values of several types may stand.
    """
    return known_cursor(token, order, value_type, key_type) or Cursor()


def known_cursor(token: str, order: str, value_type: type[Any], key_type: type[Any]) -> Cursor | None:
    """The same; None where it is broken, or of another order."""
    if token in ("", LAST):
        return Cursor(backward=token == LAST)
    try:
        written_for, backward, value, key = _unpacked(token)
        if written_for != order or not isinstance(backward, bool):
            return None
        place = Position(None if value is None else _read(value, value_type), _read(key, key_type))
    except (ValueError, TypeError, RecursionError):
        return None
    return Cursor(place, backward)


def _unpacked(token: str) -> Any:
    if len(token) > LONGEST_TOKEN:
        raise ValueError(token)
    return json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))


def _written(value: Any) -> Any:
    match getattr(value, "raw", value):
        case Decimal() as number:  # of a column that is a whole number by its model only
            return int(number)
        case date() as time:
            return time.isoformat()
        case bytes() as stored:
            return {"hex": stored.hex()}
        case plain:
            return plain


def _read(value: Any, python_type: type[Any]) -> Any:
    if python_type is object:
        return _anything(value)
    if type(value) is not (int if python_type is int else str):
        raise TypeError(value)
    return READERS[python_type](value)


def _anything(value: Any) -> Any:
    match value:
        case {"hex": str(stored)}:
            return bytes.fromhex(stored)
        case str():
            return _storable(value)
        case float():
            return value
        case int() if not isinstance(value, bool):
            return clamped(value)
        case _:
            raise TypeError(value)


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError(text)
    return text


def _time(read: Callable[[str], Any], text: str) -> Any:
    """A time; one that only the database knows is written in its own way."""
    return as_written(text) if NO_TIME_OF_PYTHON.fullmatch(text) else read(text)


READERS: dict[type[Any], Callable[[Any], Any]] = {
    int: clamped,
    str: _storable,
    datetime: partial(_time, datetime.fromisoformat),
    date: partial(_time, date.fromisoformat),
}
