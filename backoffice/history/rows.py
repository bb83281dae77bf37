"""Rows as the database holds them, with the columns that the models do not know, as JSON can keep them."""

import base64
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select, text
from sqlalchemy.orm import Session

Key = tuple[Any, ...]
Image = dict[str, Any]

KEYS_A_QUERY = 500


def key_of(table: Table, row: Image) -> Key:
    """The primary key of a row, by the columns that the model declares."""
    return tuple(row[column.name] for column in table.primary_key)


def key_text(key: Key) -> str:
    """A primary key as the record of a change names it."""
    return ",".join(str(part) for part in key)


def rows_by_key(
    session: Session, table: Table, keys: Collection[Key], *, lock: bool = False
) -> dict[Key, Image]:
    """The rows with these keys, whole; locked against other writers if asked."""
    found: dict[Key, Image] = {}
    remaining = iter(keys)
    while chunk := list(islice(remaining, KEYS_A_QUERY)):
        found.update(
            (key_of(table, row), row)
            for row in rows_where(session, table, with_keys(table, chunk), lock=lock)
        )
    return found


def rows_where(
    session: Session,
    table: Table,
    condition: ColumnElement[bool],
    *,
    lock: bool = False,
    most: int | None = None,
) -> Iterator[Image]:
    """The rows that meet `condition`, with every column that the table has, whatever the models say."""
    statement = select(text("*")).select_from(table).where(condition).limit(most)
    if lock:
        statement = statement.with_for_update()
    for row in session.connection().execute(statement).mappings():
        yield {name: encode(value) for name, value in row.items()}


def with_keys(table: Table, keys: Collection[Key]) -> ColumnElement[bool]:
    """The condition that a row of `table` is one of these."""
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return or_(*(and_(*(c == part for c, part in zip(columns, key, strict=True))) for key in keys))


def encode(value: Any) -> Any:
    """A value as JSON keeps it without loss; what JSON lacks becomes a text, or an object that names it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else {"float": str(value)}
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return {"seconds": value.total_seconds()}
        case Decimal():
            return {"decimal": str(value)}
        case bytes() | bytearray() | memoryview():
            return {"bytes": base64.b64encode(bytes(value)).decode("ascii")}
        case dict() | list():
            return {"json": value}
        case _:
            return str(value)
