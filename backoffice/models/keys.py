"""Primary keys as they stand in addresses and forms."""

from collections.abc import Iterable, Sequence

from flask import has_app_context
from flask_babel import gettext as _
from sqlalchemy import Column, Integer, Table
from sqlalchemy.orm import DeclarativeBase

from backoffice.exceptions import Invalid
from backoffice.extensions import Model, db
from backoffice.models.row_key import RowKey
from backoffice.statements import AnySession

LONGEST_TEXT_KEY = 190
# As much of what is no key is repeated.
MOST_NAMED, LONGEST_NAMED = 5, 40


def key_column(table: Table) -> Column[RowKey]:
    """The one column of the primary key. Raises ValueError for a table that has none, or several."""
    columns = list(table.primary_key)
    if len(columns) != 1:
        raise ValueError(f"{table.name} needs a primary key of one column")
    return columns[0]


def parse_key(table: Table, text: str | None) -> RowKey | None:
    """The key that `text` stands for, typed as its column; None for whatever can be nobody's key.

    A key has one spelling, that of the addresses that we make: `01` and `+1` are none.
    """
    column = key_column(table)
    if not text or "\0" in text or len(text) > LONGEST_TEXT_KEY:
        return None
    if not isinstance(column.type, Integer):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) <= 20 and str(int(text)) == text):
        return None
    return int(text) if int(text) <= largest_integer() else None


def parse_id(model: type[Model], text: str | None) -> int | None:
    """The same for a table of ours, whose rows are numbered."""
    key = parse_key(model.__table__, text)  # type: ignore[arg-type]
    return key if isinstance(key, int) else None


def find_row(session: AnySession, model: type[DeclarativeBase], text: str | None) -> object | None:
    """The row of a model whose key is spelt so; None too where a database only takes the key for the same.

    MariaDB does where the case of letters differs, or a space follows.
    """
    table: Table = model.__table__  # type: ignore[assignment]
    key = parse_key(table, text)
    row = session.get(model, key) if key is not None else None
    attribute = model.__mapper__.get_property_by_column(key_column(table)).key
    return row if row is not None and key == getattr(row, attribute) else None


def parse_keys(table: Table, texts: Iterable[str]) -> list[RowKey]:
    """The keys that these texts stand for. Raises Invalid, which names those that stand for none."""
    keys = {text: parse_key(table, text) for text in texts}
    wrong = [text for text, key in keys.items() if key is None]
    if wrong:
        raise no_such_rows(wrong)
    return [key for key in keys.values() if key is not None]


def no_such_rows(texts: Sequence[str]) -> Invalid:
    """The refusal that names what was taken for rows and is none."""
    named = ", ".join(f"“{text[:LONGEST_NAMED]}”" for text in texts[:MOST_NAMED])
    return Invalid(_("There is no row %(texts)s. Nothing was done. Please start from the list.", texts=named))


def largest_integer() -> int:
    """The largest that any column of the database at hand can hold, whatever its model says.

    Beyond it the drivers raise instead of finding nothing. Without an application, what all of them hold.
    """
    is_unsigned = has_app_context() and db.engine.dialect.name in ("mysql", "mariadb")
    return 2**64 - 1 if is_unsigned else 2**63 - 1
