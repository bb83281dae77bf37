"""Revalidating access to what somebody began, while it goes on outside of any request."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backoffice.accounts.sessions.session import SignedInAdministrator
from backoffice.exceptions import Forbidden
from backoffice.models import AdminSession
from backoffice.permissions import may


def revalidate_access(
    engine: Engine, person: SignedInAdministrator, permission: str, table: str | None
) -> None:
    """Raise Forbidden where this person's session has ended, or where they may not do this any more."""
    with Session(engine) as session:
        found = session.get(AdminSession, person.session_id)
        owner = found.administrator if found is not None and found.ended_at is None else None
        if owner is None or not owner.is_active or not may(owner, permission, table):
            raise Forbidden(f"{person.username} may not {permission} {table} any more")
