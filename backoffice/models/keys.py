"""Primary keys as they stand in addresses and forms."""

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Table

from backoffice.extensions import Model
from backoffice.models.row_key import RowKey

# What the databases can hold in a column of each kind; beyond it they raise instead of finding nothing.
INTEGER_BITS = {SmallInteger: 16, BigInteger: 64, Integer: 32}
LONGEST_TEXT_KEY = 190


def key_column(table: Table) -> Column[RowKey]:
    """The one column of the primary key. Raises ValueError for a table that has none, or several."""
    columns = list(table.primary_key)
    if len(columns) != 1:
        raise ValueError(f"{table.name} needs a primary key of one column")
    return columns[0]


def parse_key(table: Table, text: str | None) -> RowKey | None:
    """The key that `text` stands for, typed as its column; None for whatever can be nobody's key."""
    column = key_column(table)
    if not text or "\0" in text or len(text) > LONGEST_TEXT_KEY:
        return None
    if not isinstance(column.type, Integer):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    bits = next(bits for kind, bits in INTEGER_BITS.items() if isinstance(column.type, kind))
    return int(text) if int(text) < 2 ** (bits - 1) else None


def parse_id(model: type[Model], text: str | None) -> int | None:
    """The same for a table of ours, whose rows are numbered."""
    key = parse_key(model.__table__, text)  # type: ignore[arg-type]
    return key if isinstance(key, int) else None
