"""Reading the value of a filter from its text in an address. Each raises Invalid where it is none."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from backoffice.exceptions import Invalid
from backoffice.listing.column import Choice, Column, Relation
from backoffice.listing.kinds import python_type
from backoffice.listing.moments import last_days, parse_moment
from backoffice.listing.pasted import pasted_values
from backoffice.listing.references import Key, Name, Named
from backoffice.models import is_storable, largest_integer, parse_key

LONGEST_VALUE = 1_000
LONGEST_LIST = 200
BETWEEN = ".."
NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,30})?", re.ASCII)
LEAST_INTEGER = -(2**63)
# All that may stand behind a question that is whole without a value.
AGREED = frozenset({"", "1", "yes", "true"})


def read_text(text: str, column: Column, zone: tzinfo) -> str:
    """Text, as it is."""
    if not text:
        raise Invalid(_("A value is missing."))
    if len(text) > LONGEST_VALUE:
        raise Invalid(_("At most %(longest)s characters.", longest=LONGEST_VALUE))
    if not is_storable(text):
        raise Invalid(_("It holds a character that no text here can hold."))
    return text


def read_list(text: str, column: Column, zone: tzinfo) -> Sequence[str]:
    """Several texts, as they are typed or pasted."""
    words = pasted_values(text)
    if len(words) > LONGEST_LIST:
        raise Invalid(_("At most %(longest)s values.", longest=LONGEST_LIST))
    return [read_text(word, column, zone) for word in words or [""]]


def read_moment(text: str, column: Column, zone: tzinfo) -> datetime:
    """The beginning of a day, minute or second."""
    return parse_moment(text, zone)[0]


def read_span(text: str, column: Column, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From the beginning of one day, minute or second to the end of another; one of them may be skipped."""
    first, separator, last = (part.strip() for part in text.partition(BETWEEN))
    if not separator or not (first or last):
        raise Invalid(_("Two times are needed, with two dots between them."))
    start = parse_moment(first, zone)[0] if first else None
    end = parse_moment(last, zone)[1] if last else None
    if start and end and end <= start:
        raise Invalid(_("The first time is later than the second one."))
    return start, end


def read_days(text: str, column: Column, zone: tzinfo, *, days: int) -> tuple[datetime, datetime]:
    """So many of the viewer's days, today the last of them."""
    read_nothing(text, column, zone)
    return last_days(days, zone)


def read_nothing(text: str, column: Column, zone: tzinfo) -> None:
    """Nothing. What else is said may be the opposite: `author_empty=no`."""
    if text.strip().lower() not in AGREED:
        raise Invalid(_("This filter takes no value."))


def read_number(text: str, column: Column, zone: tzinfo) -> int | float:
    """A number; what is too large for the databases becomes the largest that they hold."""
    if not NUMBER.fullmatch(text.strip()):
        raise Invalid(_("This is not a number."))
    if python_type(column.attribute) is not int:
        return float(text)
    if "." in text:
        raise Invalid(_("This is not a whole number."))
    return clamped(int(text))


def clamped(number: int) -> int:
    """The number, or the nearest one that a column can hold: beyond, databases raise instead of comparing."""
    return max(LEAST_INTEGER, min(number, largest_integer()))


def read_flag(text: str, column: Column, zone: tzinfo) -> bool:
    """`true` or `false`."""
    flags = {"true": True, "false": False}
    if text.lower() not in flags:
        raise Invalid(_("Either true or false."))
    return flags[text.lower()]


def look_up_choices(column: Choice, words: Sequence[str], scope: object) -> Mapping[str, ColumnElement[bool]]:
    """What each of these choices asks of a row. Raises Invalid for what is none."""
    meanings = {word: column.choices.find(word) for word in words}
    unknown = [word for word, meaning in meanings.items() if meaning is None]
    if unknown:
        raise Invalid(_("There is no choice called “%(name)s”.", name="”, “".join(unknown)))
    return {word: meaning for word, meaning in meanings.items() if meaning is not None}


def read_rows(text: str, column: Relation, zone: tzinfo) -> Named:
    """Rows of another table, by their names or keys."""
    is_long = len(text) > LONGEST_VALUE  # so that nothing can be called so
    whole = None if is_long else _named(read_text(text.strip(), column, zone), column)
    try:
        return Named(whole, [_named(one, column) for one in read_list(text, column, zone)])
    except Invalid:
        if whole is None:
            raise
        return Named(whole, [whole])


def _named(name: str, column: Relation) -> Name:
    key = parse_key(column.key.property.columns[0].table, name[1:]) if name.startswith("#") else None
    return name if key is None else Key(key)
