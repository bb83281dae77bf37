"""Where conditions are made for: a session, and the kind of its database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True)
class Scope:
    """A session and the name of its dialect."""

    session: AnySession
    dialect: str

    @classmethod
    def of(cls, session: AnySession, model: type[Any]) -> "Scope":
        return cls(session, session.get_bind(mapper=model).dialect.name)
