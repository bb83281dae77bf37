"""Where conditions are made for: a session, and what its database has."""

from collections.abc import Mapping
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
        return _stored(attribute) in self._indexed

    def minds_accents(self, attribute: Any) -> bool:
        """Whether a word is found as it is written only, since else its index would be of no use."""
        if self.dialect != "postgresql":
            return False
        return not (self._indexed.get(_stored(attribute), True) and self._knows_accents)

    @cached_property
    def _knows_accents(self) -> bool:
        return search_index.knows_accents(self.session.connection())

    @cached_property
    def _indexed(self) -> Mapping[tuple[str, str], bool]:
        # Looked up anew for each list: another process may have dropped it.
        return search_index.indexed(self.session.connection())


def _stored(attribute: Any) -> tuple[str, str]:
    column = attribute.property.columns[0]
    return column.table.name, column.name
