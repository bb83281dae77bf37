"""Noting when somebody was last here, without ever keeping them waiting for it."""

import logging
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from backoffice.database import impatient
from backoffice.extensions import db
from backoffice.models import SignIn

log = logging.getLogger(__name__)

# Once a minute is often enough, and not at all where somebody else is writing.
EVERY = timedelta(minutes=1)


def note_seen(sign_in_id: int, last: datetime, now: datetime) -> None:
    """Note that this sign-in was used, on a connection of its own; what fails is left to the next request."""
    # Often enough, too, that nobody who works is taken for idle.
    if now - last < min(EVERY, current_app.config["SESSION_IDLE"] / 2):
        return
    seen = update(SignIn).where(SignIn.id == sign_in_id, SignIn.last_seen_at < now).values(last_seen_at=now)
    try:
        with db.engine.begin() as connection, impatient(connection):
            connection.execute(seen)
    except SQLAlchemyError:
        log.info("could not note when sign-in %d was last seen", sign_in_id)
