"""The kinds of columns: what can be filtered how, and what can be sorted by."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint
from sqlalchemy import Enum as EnumType


class Kind(Enum):
    """What a column holds, as far as its filters care."""

    TEXT = auto()
    NUMBER = auto()
    TIME = auto()
    FLAG = auto()
    CHOICE = auto()  # of values that have names
    RELATION = auto()
    OTHER = auto()


KINDS: dict[type[object], Kind] = {
    str: Kind.TEXT,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    datetime: Kind.TIME,
    bool: Kind.FLAG,
}

# What a cursor can carry to and fro without losing anything.
SORTABLE_TYPES: tuple[type[object], ...] = (int, str, datetime, date)


def kind_of(column: Any) -> Kind:
    """The kind of a column or expression."""
    return KINDS.get(python_type(column), Kind.OTHER)


def python_type(column: Any) -> type[object]:
    """The type that its values have in Python; `object` where that is not said, or is a choice of names."""
    if isinstance(column.type, EnumType):
        return object
    try:
        found: type[object] = column.type.python_type
    except NotImplementedError:
        return object
    return found


def is_indexed(column: Column[object]) -> bool:
    """Whether an index of its own, or one that it leads, holds the rows in its order, as the model says."""
    return any(columns[0] is column for columns, _unique in _indexes(column.table))


def is_unique(column: Column[object]) -> bool:
    """Whether no two rows have the same value, as the model says."""
    return any(columns == [column] for columns, unique in _indexes(column.table) if unique)


def _indexes(table: Table) -> Iterator[tuple[list[ColumnElement[object]], bool]]:
    """The columns of each index of a table, and whether it is unique."""
    yield list(table.primary_key.columns), True
    for index in table.indexes:
        yield list(index.columns), index.unique
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns):
            yield list(constraint.columns), True
