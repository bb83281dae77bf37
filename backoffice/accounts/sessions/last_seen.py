"""Recording when somebody was last here, without ever keeping them waiting for it."""

import logging
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from backoffice.database import short_lock_timeout
from backoffice.extensions import db
from backoffice.models import AdminSession

log = logging.getLogger(__name__)

# Once a minute is often enough, and not at all where somebody else is writing.
EVERY = timedelta(minutes=1)


def record_last_seen(session_id: int, last: datetime, now: datetime) -> None:
    """Record that this session was used, on a connection of its own; the next request does what fails."""
    # Often enough, too, that nobody who works is taken for idle.
    if now - last < min(EVERY, current_app.config["SESSION_IDLE"] / 2):
        return
    seen = (
        update(AdminSession)
        .where(AdminSession.id == session_id, AdminSession.last_seen_at < now)
        .values(last_seen_at=now)
    )
    try:
        with db.engine.begin() as connection, short_lock_timeout(connection):
            connection.execute(seen)
    except SQLAlchemyError:
        log.info("could not record when session %d was last seen", session_id)
