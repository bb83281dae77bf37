"""Reading an image back into the values that Python has for the columns of a table."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import simplejson
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

PLAIN = (str, bool, int, float, Decimal, bytes)


def readable(kind: TypeEngine[Any], stored: Any) -> Any:
    """What stood in a column of this type, from an image of the row.

    What cannot be read, since the column was of another type then, is a text as it was kept.
    """
    value = _unpacked(stored)
    if value is None:
        return None
    try:
        return _reader(kind)(kind, value)
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return _as_kept(kind, value)


def _unpacked(stored: Any) -> Any:
    """What JSON has no word for is an object that names it: see images.py."""
    if not (isinstance(stored, dict) and len(stored) == 1):
        return stored
    ((name, text),) = stored.items()
    try:
        return _UNPACKED[name](text)
    except (ValueError, TypeError, LookupError):
        return stored


_UNPACKED: dict[str, Callable[[str], Any]] = {
    "hex": bytes.fromhex,
    "real": float,
    "text": lambda text: bytes.fromhex(text).decode(),
}


def _reader(kind: TypeEngine[Any]) -> Callable[[Any, Any], Any]:
    return next((read for type_, read in _READERS if isinstance(_plain(kind), type_)), _as_kept)


def _plain(kind: TypeEngine[Any]) -> Any:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _as_kept(_kind: Any, value: Any) -> Any:
    return value if isinstance(value, PLAIN) else simplejson.dumps(value, use_decimal=True, allow_nan=True)


def _flag(_kind: Any, value: Any) -> bool:
    return {0: False, 1: True}[value]


def _moment(_kind: Any, value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _choice(kind: Any, value: Any) -> Any:
    names = _plain(kind).enum_class
    return names[value] if names else _text(kind, value)


def _bytes(_kind: Any, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return bytes.fromhex(_text(_kind, value).removeprefix("\\x"))  # as PostgreSQL writes them


def _text(_kind: Any, value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(value)
    return value


_READERS: list[tuple[type[TypeEngine[Any]], Callable[[Any, Any], Any]]] = [
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
