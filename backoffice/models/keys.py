"""Primary keys as they stand in addresses and forms."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Table
from sqlalchemy.orm import Session, scoped_session

from backoffice.exceptions import Invalid

# What the databases can hold in a column of each kind; beyond it they raise instead of finding nothing.
INTEGER_BITS = {SmallInteger: 16, BigInteger: 64, Integer: 32}
LONGEST_TEXT_KEY = 190
# As much of what is no key is repeated.
MOST_NAMED, LONGEST_NAMED = 5, 40


def key_column(table: Table) -> Column[Any]:
    """The one column of the primary key. Raises ValueError for a table that has none, or several."""
    columns = list(table.primary_key)
    if len(columns) != 1:
        raise ValueError(f"{table.name} needs a primary key of one column")
    return columns[0]


def parse_key(table: Table, text: str | None) -> Any | None:
    """The key that `text` stands for, typed as its column; None for whatever can be nobody's key.

    A key has one spelling, that of the addresses that we make: `01` and `+1` are none.
    """
    column = key_column(table)
    if not text or "\0" in text or len(text) > LONGEST_TEXT_KEY:
        return None
    if not isinstance(column.type, Integer):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and str(int(text)) == text):
        return None
    bits = next(bits for kind, bits in INTEGER_BITS.items() if isinstance(column.type, kind))
    return int(text) if int(text) < 2 ** (bits - 1) else None


def find_row(session: Session | scoped_session[Any], model: type[Any], text: str | None) -> Any | None:
    """The row of a model whose key is spelt so; None too where a database only takes the key for the same.

    MariaDB does where the case of letters differs, or a space follows.
    """
    key = parse_key(model.__table__, text)
    row = session.get(model, key) if key is not None else None
    if row is None or key != getattr(
        row, model.__mapper__.get_property_by_column(key_column(model.__table__)).key
    ):
        return None
    return row


def parse_keys(table: Table, texts: Iterable[str]) -> list[Any]:
    """The keys that these texts stand for. Raises Invalid, which names those that stand for none."""
    keys = {text: parse_key(table, text) for text in texts}
    wrong = [text for text, key in keys.items() if key is None]
    if wrong:
        raise no_such_rows(wrong)
    return list(keys.values())


def no_such_rows(texts: Sequence[str]) -> Invalid:
    """The refusal that names what was taken for rows and is none."""
    named = ", ".join(f"“{text[:LONGEST_NAMED]}”" for text in texts[:MOST_NAMED])
    return Invalid(_("There is no row %(texts)s. Nothing was done. Please start from the list.", texts=named))
