"""The search index: what finds a fragment of a text without looking through every row.

PostgreSQL has an index of trigrams for each column, SQLite a table of them beside the searched one, which
triggers fill. The database itself keeps both right, whoever writes. MariaDB has nothing of the kind. All that
is made is named `backoffice_search_...`.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

from sqlalchemy import Connection

from backoffice.listing.search_index import postgresql, sqlite
from backoffice.listing.search_index.parts import PREFIX, Searched, State, Step
from backoffice.listing.search_index.postgresql import drop_accents, knows_accents
from backoffice.listing.search_index.trigrams import FRAGMENT, expression, expression_without_accents

__all__ = [
    "FRAGMENT",
    "PREFIX",
    "Searched",
    "State",
    "Step",
    "create",
    "drop",
    "drop_accents",
    "expression",
    "expression_without_accents",
    "indexed",
    "is_known",
    "knows_accents",
    "state",
    "statements",
]

_DATABASES: dict[str, ModuleType] = {"postgresql": postgresql, "sqlite": sqlite}


def is_known(dialect: str) -> bool:
    """Whether a database of this kind can have a search index."""
    return dialect in _DATABASES


def indexed(connection: Connection) -> Mapping[tuple[str, str], bool]:
    """The tables and columns whose index may be used: it is whole, and kept right.

    The value says whether it also finds what is written with accents.
    """
    if not is_known(connection.dialect.name):
        return {}
    found: Mapping[tuple[str, str], bool] = _DATABASES[connection.dialect.name].indexed(connection)
    return found


def create(connection: Connection, searched: Searched, step: Step) -> None:
    """Make what is missing or broken of the index of a table; each `step` is a transaction.

    Raises Conflict where another process makes it at the same time, and DBAPIError where it may not be made.
    """
    if not is_known(connection.dialect.name):
        return
    _DATABASES[connection.dialect.name].create(connection, searched, step)


def statements(dialect: str, searched: Searched) -> Iterator[str]:
    """What makes the index of a table that has no rows yet, on a database of this kind."""
    if is_known(dialect):
        yield from _DATABASES[dialect].statements(searched)


def drop(connection: Connection, step: Step) -> Sequence[str]:
    """Take away every search index of the database, whole or not; returns the names of the tables."""
    if not is_known(connection.dialect.name):
        return []
    dropped: Sequence[str] = _DATABASES[connection.dialect.name].drop(connection, step)
    return dropped


def state(connection: Connection, searched: Searched) -> dict[str, State]:
    """How it is with the index of each column of a table."""
    states: dict[str, State] = _DATABASES[connection.dialect.name].state(connection, searched)
    return states
