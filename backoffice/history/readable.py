"""Reading an image back into the values that Python has for the columns of a table."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import simplejson
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

# What stood in a column of a type, which may raise on what is none of its values.
Reader = Callable[[Any, Any], object]
PLAIN = (str, bool, int, float, Decimal, bytes)


def readable(kind: TypeEngine[object], stored: object) -> object:
    """What stood in a column of this type, from an image of the row.

    What cannot be read, since the column was of another type then, is a text as it was kept.
    """
    value = _unpacked(stored)
    if value is None:
        return None
    try:
        return _reader(_plain(kind))(_plain(kind), value)
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return _as_kept(kind, value)


def _unpacked(stored: object) -> object:
    """What JSON has no word for is an object that names it: see images.py."""
    if not (isinstance(stored, dict) and len(stored) == 1):
        return stored
    ((name, text),) = stored.items()
    try:
        return _UNPACKED[name](text)
    except (ValueError, TypeError, LookupError):
        return stored


_UNPACKED: dict[str, Callable[[str], object]] = {
    "hex": bytes.fromhex,
    "real": float,
    "text": lambda text: bytes.fromhex(text).decode(),
}


def _reader(kind: TypeEngine[object]) -> Reader:
    return next((read for type_, read in _READERS if isinstance(kind, type_)), _as_kept)


def _plain(kind: TypeEngine[object]) -> TypeEngine[object]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _as_kept(_kind: object, value: object) -> object:
    return value if isinstance(value, PLAIN) else simplejson.dumps(value, use_decimal=True, allow_nan=True)


def _flag(_kind: object, value: object) -> bool:
    flags: dict[object, bool] = {0: False, 1: True}
    return flags[value]


def _moment(_kind: object, value: object) -> datetime:
    moment = datetime.fromisoformat(_text(_kind, value))
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _choice(kind: sa.Enum, value: object) -> object:
    names = kind.enum_class
    return names[_text(kind, value)] if names else _text(kind, value)


def _bytes(_kind: object, value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return bytes.fromhex(_text(_kind, value).removeprefix("\\x"))  # as PostgreSQL writes them


def _text(_kind: object, value: object) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(value)
    return value


_READERS: list[tuple[type[TypeEngine[Any]], Reader]] = [
    (sa.Boolean, _flag),
    (sa.DateTime, _moment),
    (sa.Date, lambda _kind, value: date.fromisoformat(value[:10])),
    (sa.Time, lambda _kind, value: time.fromisoformat(value)),
    (sa.Enum, _choice),
    (sa.LargeBinary, _bytes),
    (sa.Float, lambda _kind, value: float(value)),
    (sa.Numeric, lambda _kind, value: Decimal(str(value))),
    (sa.Integer, lambda _kind, value: int(value)),
    (sa.String, _text),
]
