"""How long events are stored: for so many days, and never more than a table can well hold."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, func, select

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import SecurityEvent

MOST = 1_000_000
AT_ONCE = 5_000


def delete_old_events() -> None:
    """Delete the events that are older than SECURITY_LOG_DAYS, and those before the last million."""
    last, oldest = _last_to_delete(), db.session.scalar(select(func.min(SecurityEvent.id)))
    db.session.rollback()
    while oldest is not None and oldest <= last:
        oldest += AT_ONCE
        with transaction(db.session):
            # By their number, in which order they came: short transactions that nobody waits for.
            due = SecurityEvent.id < min(oldest, last + 1)
            db.session.execute(delete(SecurityEvent).where(due))


def _last_to_delete() -> int:
    long_ago = utcnow() - timedelta(days=current_app.config["SECURITY_LOG_DAYS"])
    too_old = select(func.max(SecurityEvent.id)).where(SecurityEvent.at < long_ago)
    newest = db.session.scalar(select(func.max(SecurityEvent.id))) or 0
    return max(db.session.scalar(too_old) or 0, newest - MOST)
