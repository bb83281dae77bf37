"""What the fields of a form hold, as JSON that travels with the form: to be compared, and to be shown again.

A value is a list: its kind, what is compared, and of a row of another table what it was called.
"""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from backoffice.console.presenters import Cell
from backoffice.console.records.fields import CheckboxField, ReferenceField, TextField, as_text

Value = list[Any]
NOTHING: Value = ["nothing", None]
# A longer text travels as a digest, which can be compared and not be shown again.
LONGEST_CARRIED = 20_000


def value_of(field: Field) -> Value:
    """What a field holds, such that the same value entered in another way is equal."""
    if isinstance(field, CheckboxField):
        return ["flag", bool(field.data)]
    if isinstance(field, ReferenceField) and field.data is not None:
        return ["row", field.data if isinstance(field.data, int) else str(field.data)]
    return _value(field.data)


def display_value(field: Field) -> Value:
    """The same, and of a row what it is called now, which has to be looked up."""
    value = value_of(field)
    if isinstance(field, ReferenceField) and field.data is not None:
        return [*value, field.describe(field.data)]
    return value


def _value(data: object) -> Value:
    match data:
        case None:
            return NOTHING
        case Enum():
            return ["text", data.name]
        case str():
            text = as_text(data)
            return NOTHING if text is None else ["text", text]
        case bool():
            return ["flag", data]
        case int() | float():
            return ["number", repr(data)]
        case Decimal():
            return ["number", format(data.normalize(), "f")]
        case date():
            return ["moment" if isinstance(data, datetime) else "day", data.isoformat()]
        case _:
            return ["digest", _digest(repr(data))]


def carried(value: Value) -> Value:
    """A value as it travels."""
    if value[0] == "text" and len(value[1]) > LONGEST_CARRIED:
        return ["digest", _digest(value[1])]
    return value


def same(one: Value, other: Value) -> bool:
    """Whether two values are one, whatever a row that they name was called."""
    return carried(one)[:2] == carried(other)[:2]


def is_unchanged(field: Field, shown: Value) -> bool:
    """Whether a field was sent as it had been shown, though a browser or the world changed what that means.

    The name by which a row was shown may be another row's by now; and an input of one line loses line ends.
    """
    sent = field.raw_data[0] if field.raw_data else None
    if shown[0] == "row" and len(shown) > 2 and sent == shown[2]:
        return True
    if shown[0] == "text" and sent is not None and as_text(sent) == shown[1]:
        return True  # whatever the field would make of it: the column may hold what is none of its values
    if field.process_errors:
        return False
    if isinstance(field, TextField) and shown[0] == "text" and sent == shown[1].replace("\n", ""):
        return True
    return same(value_of(field), shown)


def value_cell(value: Value) -> Cell:
    """A value as pages show it."""
    match value:
        case ["text", text]:
            return Cell("text", text)
        case ["row", key, *called]:
            return Cell("text", called[0] if called else f"#{key}")
        case ["number" | "day", text]:
            return Cell("text", text)
        case ["moment", text]:
            return Cell("datetime", datetime.fromisoformat(text))
        case ["flag", flag]:
            return Cell("badge", _("yes") if flag else _("no"))
        case ["nothing", *_rest]:
            return Cell("empty", _("nothing"))
        case _:
            return Cell("empty", _("too long to be shown here"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
