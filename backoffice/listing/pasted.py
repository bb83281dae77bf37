"""Several values in one text, as they are typed, or pasted from a spreadsheet or an address book."""

import re
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from backoffice.exceptions import Invalid

SEPARATOR = r",;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
# What comes along with a value that is copied, and nobody sees: marks of direction, a byte order mark.
INVISIBLE = "\ufeff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
END = rf"(?:[^\S{SEPARATOR}]|[{INVISIBLE}])*(?:[{SEPARATOR}]|$)"
# A mark inside of its own quotation is doubled.
MARKS = [('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("«", "»")]
QUOTED = "|".join(f"{begin}(?:[^{end}]|{end}{end})*{end}" for begin, end in MARKS)
# "Smith, Jane" <jane@example.com>, or Jane Smith <jane@example.com>.
ADDRESSED = rf"(?:{QUOTED}|[^{SEPARATOR}<>]*?)\s*<(?P<address>[^<>\s]+@[^<>\s]+)>"
VALUE = re.compile(rf"[\s{INVISIBLE}]*(?:{ADDRESSED}|(?P<quoted>{QUOTED})|(?P<plain>[^{SEPARATOR}]*?)){END}")
BEGINNINGS = {begin for begin, _end in MARKS}
# Many words begin with an apostrophe; with another mark, none that a list is made of.
NEVER_ALONE = tuple(BEGINNINGS - {"'"})


def pasted_values(text: str) -> Sequence[str]:
    """Each value once, in order. Raises Invalid where a quotation does not end.

    They are parted by commas, semicolons, tabs and lines; in quotation marks a value may hold these. Of a
    name with an address in angle brackets, the address is the value.
    """
    return list(dict.fromkeys(filter(None, map(_unwrapped, _found(text)))))


def written_values(values: Sequence[str]) -> str:
    """The text that means these values, as an address has them."""
    return ", ".join(map(_quoted, values))


def tidied(text: str) -> str:
    """The same values as an address has them; what is not understood as it is."""
    try:
        return written_values(pasted_values(text)) or text
    except Invalid:
        return text


def _found(text: str) -> Iterator[re.Match[str]]:
    for found in VALUE.finditer(text):
        if (found["plain"] or "").startswith(NEVER_ALONE):
            raise Invalid(_("A quotation mark is not closed, or something follows it."))
        yield found


def _unwrapped(found: re.Match[str]) -> str:
    if found["quoted"] is None:
        return (found["address"] or found["plain"] or "").strip()
    begin, end = found["quoted"][0], found["quoted"][-1]
    return found["quoted"].removeprefix(begin)[:-1].replace(end * 2, end)


def _quoted(value: str) -> str:
    """A value so that it is read as it is, whatever follows it."""
    try:
        is_plain = pasted_values(value) == [value] and value[0] not in BEGINNINGS
    except Invalid:
        is_plain = False
    return value if is_plain else '"' + value.replace('"', '""') + '"'
