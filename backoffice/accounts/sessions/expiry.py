"""How long a session lasts, how many of them one person has, and when they are deleted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, delete, not_, or_, select, update

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import AdminSession
from backoffice.statements import AnyRow, Held

T = TypeVar("T", AdminSession, AnyRow)
# What has to be known of a session to say whether it is open.
LIFETIME = (
    AdminSession.id,
    AdminSession.remembered,
    AdminSession.created_at,
    AdminSession.last_seen_at,
    AdminSession.ended_at,
)
# So many sessions of one person are open at once; the next one ends the one that was unused for longest.
MOST_OPEN = 20
# How long a session that is over can still be looked up.
KEPT_FOR = timedelta(days=30)


def is_open(row: AdminSession | AnyRow, now: datetime) -> bool:
    """Whether this session was not ended and is within its limits."""
    return row.ended_at is None and now < end_of(row)


def end_of(row: AdminSession | AnyRow) -> datetime:
    """When this session was ended, or else by itself ends.

    One that is remembered lasts for SESSION_REMEMBERED, and for SESSION_REMEMBERED_IDLE after it was last
    used; any other for SESSION_ABSOLUTE, and for SESSION_IDLE.
    """
    whole, idle = ("REMEMBERED", "REMEMBERED_IDLE") if row.remembered else ("ABSOLUTE", "IDLE")
    settings = current_app.config
    ends: list[datetime] = [
        row.created_at + settings[f"SESSION_{whole}"],
        row.last_seen_at + settings[f"SESSION_{idle}"],
    ]
    return min(ends if row.ended_at is None else [row.ended_at, *ends])


def open_sessions(administrator_id: int) -> list[AdminSession]:
    """The open sessions of an administrator, the one that was used last first."""
    return _still_open(db.session.scalars(_not_ended(select(AdminSession), administrator_id)))


def is_signed_in(administrator_id: int) -> bool:
    """Whether an administrator has an open session, in whatever browser."""
    return bool(open_sessions(administrator_id))


def end_surplus(administrator_id: int) -> None:
    """End what is too many for one more session, in the transaction of the caller."""
    opened = db.session.execute(_not_ended(select(*LIFETIME), administrator_id))
    surplus = [row.id for row in _still_open(opened)[MOST_OPEN - 1 :]]
    if surplus:
        db.session.execute(update(AdminSession).where(AdminSession.id.in_(surplus)).values(ended_at=utcnow()))


def delete_old_sessions() -> None:
    """Delete the sessions that were ended, or ran out, more than 30 days ago. Raises Busy."""
    with transaction(db.session):
        db.session.execute(delete(AdminSession).where(_is_long_over()))


def _is_long_over() -> ColumnElement[bool]:
    long_ago, settings = utcnow() - KEPT_FOR, current_app.config
    return or_(
        AdminSession.ended_at < long_ago,
        and_(AdminSession.remembered, AdminSession.created_at < long_ago - settings["SESSION_REMEMBERED"]),
        and_(
            not_(AdminSession.remembered), AdminSession.created_at < long_ago - settings["SESSION_ABSOLUTE"]
        ),
    )


def _not_ended(sessions: Select[*Held], administrator_id: int) -> Select[*Held]:
    mine = sessions.where(AdminSession.administrator_id == administrator_id, AdminSession.ended_at.is_(None))
    return mine.order_by(AdminSession.last_seen_at.desc(), AdminSession.id.desc())


def _still_open(rows: Iterable[T]) -> list[T]:
    now = utcnow()
    return [row for row in rows if is_open(row, now)]
