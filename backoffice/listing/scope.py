"""Where conditions are made for: a session, and what its database has."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import DeclarativeBase

from backoffice.listing import search_index
from backoffice.statements import AnySession


@dataclass(frozen=True)
class Scope:
    """A session and the name of its dialect."""

    session: AnySession
    dialect: str

    @classmethod
    def of(cls, session: AnySession, model: type[DeclarativeBase]) -> "Scope":
        return cls(session, session.get_bind(mapper=model).dialect.name)

    def finds_substrings(self, attribute: Any) -> bool:
        """Whether an index of this column knows the fragments of what it holds."""
        column = attribute.property.columns[0]
        return (column.table.name, column.name) in self._indexed

    @cached_property
    def _indexed(self) -> frozenset[tuple[str, str]]:
        # Looked up anew for each list: another process may have dropped it.
        return search_index.indexed(self.session.connection())
