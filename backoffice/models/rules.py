"""The rules that the database itself keeps for the rows of a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, inspect, text


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
    unique = {tuple(names) for names in _unique_indexes(connection, table) if None not in names}
    foreign_keys = [
        ForeignKey(
            tuple(one["constrained_columns"]), one["referred_table"], tuple(one["referred_columns"] or ["id"])
        )
        for one in inspector.get_foreign_keys(table.name)
    ]
    return Rules(sorted(unique - {key}), foreign_keys)


def _unique_indexes(connection: Connection, table: Table) -> Iterable[Sequence[Any]]:
    """The columns of each unique index, a constraint's too; what is an expression has no name."""
    if connection.dialect.name != "sqlite":
        return [one["column_names"] for one in inspect(connection).get_indexes(table.name) if one["unique"]]
    columns: dict[str, list[Any]] = {}
    for index, name in connection.execute(_SQLITE_INDEXES, {"table": table.name}):
        columns.setdefault(index, []).append(name)
    return columns.values()


# SQLAlchemy warns of each index on an expression.
_SQLITE_INDEXES = text("""
    SELECT list.name, info.name
    FROM pragma_index_list(:table) AS list JOIN pragma_index_info(list.name) AS info
    WHERE list."unique" AND NOT list.partial ORDER BY list.name, info.seqno
""")
