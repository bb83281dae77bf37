"""The rules that the database itself keeps for the rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, inspect


@dataclass(frozen=True)
class ForeignKey:
    """The columns of a table that refer to columns of another one, or of the same."""

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """What must be unique, beside the primary key, and what has to be there."""

    unique: Sequence[tuple[str, ...]]
    foreign_keys: Sequence[ForeignKey]


def rules_of(connection: Connection, table: Table) -> Rules:
    """The rules of `table`. A rule about an expression, such as `lower(username)`, is not among them."""
    inspector, key = inspect(connection), tuple(column.name for column in table.primary_key)
    found: list[list[Any]] = [one["column_names"] for one in inspector.get_unique_constraints(table.name)]
    found += [one["column_names"] for one in inspector.get_indexes(table.name) if one["unique"]]
    unique = {tuple(names) for names in found if None not in names}
    foreign_keys = [
        ForeignKey(
            tuple(one["constrained_columns"]), one["referred_table"], tuple(one["referred_columns"] or ["id"])
        )
        for one in inspector.get_foreign_keys(table.name)
    ]
    return Rules(sorted(unique - {key}), foreign_keys)
