"""What the search indexes of all databases have in common."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import Column, Table

from backoffice.models import RowKey, key_column

PREFIX = "backoffice_search_"
LIKE_PREFIX = PREFIX.replace("_", "/_") + "%"

Step = Callable[[], AbstractContextManager[object]]


class State(Enum):
    """How it is with the index of a column."""

    THERE = auto()
    MISSING = auto()
    BROKEN = auto()  # half made, or without what keeps it right: it is not used
    OUT_OF_DATE = auto()  # it lacks rows
    WITHOUT_ACCENTS = auto()  # it tells letters with accents apart


@dataclass(frozen=True)
class Searched:
    """A table, and the names of those of its columns that are looked through for fragments."""

    table: Table
    columns: tuple[str, ...]

    @property
    def index_name(self) -> str:
        """What everything that belongs to its index is called, or begins with."""
        return f"{PREFIX}{self.table.name}"

    def index_of_accents(self, column: str) -> str:
        """What the index is called that finds what is written with accents, where that is one of its own."""
        return f"{PREFIX}accents_{self.table.name}_{column}"

    @property
    def key(self) -> Column[RowKey]:
        """The primary key."""
        return key_column(self.table)
