"""Ending somebody's sessions: one's own, or as an administrator those of others, which is recorded."""

from collections.abc import Collection

from sqlalchemy import update

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.history import about_row, claim, current_actor, operation
from backoffice.models import Administrator, AdminSession
from backoffice.security import record_event


def end_sessions(owner: Administrator, session_ids: Collection[int]) -> None:
    """End these sessions, all of them of `owner`. Raises Busy."""
    owner_id, name = owner.id, owner.username
    if owner.user_id == current_actor().id:
        with transaction(db.session):
            claim(db.session())
            _end(owner_id, session_ids)
    else:
        facts, table = about_row(owner_id, name), Administrator.__tablename__
        with operation("administrator:end_sessions", table=table, facts=facts, keep_empty=True):
            _end(owner_id, session_ids)
    for session_id in session_ids:
        by = current_actor().name
        record_event("session:ended", administrator_id=owner_id, name=name, session=session_id, by=by)


def _end(administrator_id: int, session_ids: Collection[int]) -> None:
    these = (
        AdminSession.administrator_id == administrator_id,
        AdminSession.id.in_(session_ids),
        AdminSession.ended_at.is_(None),
    )
    db.session.execute(update(AdminSession).where(*these).values(ended_at=utcnow()))
