"""Where a page begins or ends, as a token that can stand in an address and be shared."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backoffice.listing.values import clamped
from backoffice.models import is_storable

# The token of the last page, which needs no place.
LAST = "last"
LONGEST_TOKEN = 4_096


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
    """The cursor of a token. One that is broken, or of another order, is that of the first page."""
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


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _read(value: object, python_type: type[object]) -> object:
    if type(value) is not (int if python_type is int else str):
        raise TypeError(value)
    return READERS[python_type](value)


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError(text)
    return text


READERS: dict[type[object], Callable[[Any], object]] = {
    int: clamped,
    str: _storable,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}
