"""How long a sign-in lasts, and how many of them one person has."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import select, update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import SignIn

T = TypeVar("T")
# What is asked of a sign-in to know whether it is open.
LIFETIME = (SignIn.id, SignIn.remembered, SignIn.created_at, SignIn.last_seen_at, SignIn.ended_at)
# So many sign-ins of one person are open at once; the next one ends the one that was unused for longest.
MOST_OPEN = 20


def is_open(row: Any, now: datetime) -> bool:
    """Whether this sign-in was not ended and is within its limits.

    One that is remembered lasts for SESSION_REMEMBERED, and for SESSION_REMEMBERED_IDLE after it was last
    used; any other for SESSION_ABSOLUTE, and for SESSION_IDLE.
    """
    if row.ended_at is not None:
        return False
    whole, idle = ("REMEMBERED", "REMEMBERED_IDLE") if row.remembered else ("ABSOLUTE", "IDLE")
    settings, age, unused = current_app.config, now - row.created_at, now - row.last_seen_at
    return bool(age < settings[f"SESSION_{whole}"] and unused < settings[f"SESSION_{idle}"])


def open_sign_ins(administrator_id: int) -> list[SignIn]:
    """The sign-ins of an administrator that are open, the one that was used last first."""
    return _still_open(db.session.scalars(_not_ended(select(SignIn), administrator_id)))


def make_room(administrator_id: int) -> None:
    """End what is too many for one more sign-in, in the transaction of the caller."""
    opened = db.session.execute(_not_ended(select(*LIFETIME), administrator_id))
    surplus = [row.id for row in _still_open(opened)[MOST_OPEN - 1 :]]
    if surplus:
        db.session.execute(update(SignIn).where(SignIn.id.in_(surplus)).values(ended_at=utcnow()))


def _not_ended(sign_ins: Any, administrator_id: int) -> Any:
    mine = sign_ins.where(SignIn.administrator_id == administrator_id, SignIn.ended_at.is_(None))
    return mine.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())


def _still_open(rows: Iterable[T]) -> list[T]:
    now = utcnow()
    return [row for row in rows if is_open(row, now)]
