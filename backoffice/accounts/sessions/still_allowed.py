"""Whether somebody still may do what they began, asked while it goes on outside of any request."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backoffice.accounts.sessions.session import SignedInAdministrator
from backoffice.exceptions import Forbidden
from backoffice.models import AdminSession
from backoffice.permissions import may


def require_still(engine: Engine, person: SignedInAdministrator, act: str, table: str | None) -> None:
    """Raise Forbidden where this person was signed out, or may not do this any more."""
    with Session(engine) as session:
        found = session.get(AdminSession, person.session_id)
        owner = found.administrator if found is not None and found.ended_at is None else None
        if owner is None or not owner.is_active or not may(owner, act, table):
            raise Forbidden(f"{person.username} may not {act} {table} any more")
