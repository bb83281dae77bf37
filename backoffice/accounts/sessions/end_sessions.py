"""Ending somebody's sessions: one's own, or as an administrator those of others, which is recorded."""

from collections.abc import Collection

from sqlalchemy import update

from backoffice.accounts.sessions.session import writing
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.history import about_row, current_actor, operation
from backoffice.models import Administrator, SignIn
from backoffice.security import note


def end_sessions(owner: Administrator, sign_in_ids: Collection[int]) -> None:
    """End these sign-ins, all of them of `owner`. Raises Busy."""
    owner_id, name = owner.id, owner.username
    if owner.user_id == current_actor().id:
        with writing():
            _end(owner_id, sign_in_ids)
    else:
        facts, table = about_row(owner_id, name), Administrator.__tablename__
        with operation("administrator:end_sessions", table=table, facts=facts, keep_empty=True):
            _end(owner_id, sign_in_ids)
    for sign_in_id in sign_in_ids:
        by = current_actor().name
        note("session:ended", administrator_id=owner_id, name=name, session=sign_in_id, by=by)


def _end(administrator_id: int, sign_in_ids: Collection[int]) -> None:
    these = SignIn.administrator_id == administrator_id, SignIn.id.in_(sign_in_ids), SignIn.ended_at.is_(None)
    db.session.execute(update(SignIn).where(*these).values(ended_at=utcnow()))
