"""Primary keys as they stand in addresses and forms."""

from typing import Any

from flask import has_app_context
from sqlalchemy import Column, Integer, Table

from backoffice.extensions import db

LONGEST_TEXT_KEY = 190


def key_column(table: Table) -> Column[Any]:
    """The one column of the primary key. Raises ValueError for a table that has none, or several."""
    columns = list(table.primary_key)
    if len(columns) != 1:
        raise ValueError(f"{table.name} needs a primary key of one column")
    return columns[0]


def parse_key(table: Table, text: str | None) -> Any | None:
    """The key that `text` stands for, typed as its column; None for whatever can be nobody's key."""
    column = key_column(table)
    if not text or "\0" in text or len(text) > LONGEST_TEXT_KEY:
        return None
    if not isinstance(column.type, Integer):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        return None
    return int(text) if int(text) <= largest_integer() else None


def largest_integer() -> int:
    """The largest that any column of the database at hand can hold, whatever its model says.

    Beyond it the drivers raise instead of finding nothing. Without an application, what all of them hold.
    """
    is_unsigned = has_app_context() and db.engine.dialect.name in ("mysql", "mariadb")
    return 2**64 - 1 if is_unsigned else 2**63 - 1
