"""Noting what happened at the doors, by whom and from where, without a secret and without a forged line."""

import json
import logging
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from backoffice.clock import utcnow
from backoffice.database import impatient
from backoffice.extensions import db
from backoffice.history import current_actor
from backoffice.models import SecurityEvent

log = logging.getLogger("backoffice.security")

# What people typed is cut to what the columns hold.
LONGEST_NAME, LONGEST_ADDRESS = 64, 45


def note(kind: str, *, administrator_id: int | None = None, name: str | None = None, **facts: Any) -> None:
    """Note an event of this kind: who acts and from where is known from the current actor.

    `administrator_id` and `name` say whose access it was about, where that is somebody else. It is written at
    once and stays whatever becomes of the transaction of the caller, who must not hold a lock that this waits
    for: call it before or after a transaction that writes. What the database does not take now is in the log.
    """
    actor, at = current_actor(), utcnow()
    row = {
        "at": at,
        "kind": kind,
        "administrator_id": administrator_id,
        "name": _at_most(LONGEST_NAME, name or actor.name),
        "address": _at_most(LONGEST_ADDRESS, actor.address),
        "request_id": actor.request_id,
        "facts": json.dumps(facts, default=str),
    }
    # One line, in ASCII: whatever was typed cannot begin another one.
    log.info(
        "%s", json.dumps({**row, "at": f"{at.isoformat()}Z", "facts": facts, "by": actor.name}, default=str)
    )
    try:
        with db.engine.begin() as connection, impatient(connection):
            connection.execute(insert(SecurityEvent).values(**row))
    except SQLAlchemyError as error:
        log.warning("could not keep the event of request %s: %s", actor.request_id, type(error).__name__)


def _at_most(length: int, text: str | None) -> str | None:
    """A text that every database takes: no NUL, no half characters, and not too long."""
    if text is None:
        return None
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:length]
