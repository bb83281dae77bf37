"""The search index: what finds a fragment of a text without looking through every row.

PostgreSQL has an index of trigrams for each column, SQLite a table of them beside the searched one, which
triggers fill. The database itself keeps both right, whoever writes. MariaDB has nothing of the kind. All that
is made is named `backoffice_search_...`.
"""

from collections.abc import Iterator, Sequence
from types import ModuleType

from sqlalchemy import Connection

from backoffice.listing.search_index import postgresql, sqlite
from backoffice.listing.search_index.parts import PREFIX, Searched, State, Step
from backoffice.listing.search_index.trigrams import FRAGMENT, expression

__all__ = [
    "FRAGMENT",
    "PREFIX",
    "Searched",
    "State",
    "Step",
    "create",
    "drop",
    "expression",
    "indexed",
    "is_known",
    "state",
    "statements",
]

_DATABASES: dict[str, ModuleType] = {"postgresql": postgresql, "sqlite": sqlite}


def is_known(dialect: str) -> bool:
    """Whether a database of this kind can have a search index."""
    return dialect in _DATABASES


def indexed(connection: Connection) -> frozenset[tuple[str, str]]:
    """The tables and columns whose index may be used: it is whole, and kept right."""
    if not is_known(connection.dialect.name):
        return frozenset()
    return frozenset(_DATABASES[connection.dialect.name].indexed(connection))


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
