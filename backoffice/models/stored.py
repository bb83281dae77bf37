"""The columns that a table really has, which on an adopted database are not just those of the model."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import Engine, Table, inspect

# How long what was read is believed; another application may migrate its tables while the console runs.
BELIEVED_SECONDS = 60


@dataclass(frozen=True)
class StoredColumn:
    """A column as the database has it."""

    name: str
    type: Any
    nullable: bool
    has_default: bool


_read: dict[tuple[str, str], tuple[float, dict[str, StoredColumn]]] = {}


def stored_columns(engine: Engine, table: str) -> dict[str, StoredColumn]:
    """The columns of `table` by name, as they were at most a minute ago."""
    key = (str(engine.url), table)
    at, columns = _read.get(key, (0.0, {}))
    if not columns or monotonic() - at > BELIEVED_SECONDS:
        columns = {column["name"]: _stored(column) for column in inspect(engine).get_columns(table)}
        _read[key] = (monotonic(), columns)
    return columns


def _stored(column: Any) -> StoredColumn:
    filled = column.get("default") is not None or column.get("autoincrement") is True
    filled = filled or bool(column.get("computed")) or bool(column.get("identity"))
    return StoredColumn(column["name"], column["type"], column["nullable"], filled)


def unfillable_columns(engine: Engine, table: Table) -> list[str]:
    """The columns that a new row needs and that the model does not know, so that none can be made."""
    known = {column.name for column in table.columns}
    return [
        column.name
        for column in stored_columns(engine, table.name).values()
        if column.name not in known and not column.nullable and not column.has_default
    ]
