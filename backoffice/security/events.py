"""Recording authentication events, by whom and from where, without a secret and without a forged line."""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from flask import current_app
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from backoffice.clock import utcnow
from backoffice.database import short_lock_timeout
from backoffice.extensions import db
from backoffice.history import Actor, current_actor
from backoffice.models import SecurityEvent
from backoffice.security.event_rate_limit import is_allowed
from backoffice.security.kinds import RATE_LIMITED
from backoffice.security.log import log
from backoffice.security.networks import network_of

own_log = logging.getLogger(__name__.replace(".", "_"))

# What people typed is cut to what the columns hold.
LONGEST_NAME, LONGEST_ADDRESS = 64, 45
# The kind of an actor of whom nothing is known.
VISITOR = "visitor"
PURPOSE = b"backoffice: names that nobody has, in the security log"


class Event(TypedDict):
    """What is known of an event."""

    at: datetime
    kind: str
    administrator_id: int | None
    name: str | None
    address: str | None
    request_id: str | None
    facts: Mapping[str, object]


class Whose(TypedDict, total=False):
    """By what an event names whose access it is about: an administrator, or a name that nobody has."""

    administrator_id: int | None
    name: str | None
    name_digest: str


def record_event(
    kind: str,
    *,
    administrator_id: int | None = None,
    name: str | None = None,
    persist: bool = True,
    **facts: object,
) -> None:
    """Record an event of this kind: who acts and from where is known from the current actor.

    `administrator_id` and `name` say whose access it was about, where that is somebody else. It is written at
    once and stays whatever becomes of the transaction of the caller, who must not hold a lock that this waits
    for: call it before or after a transaction that writes. What the database does not take now is in the log;
    so is what is not persisted, since the caller says so or it comes in floods.
    """
    actor = current_actor()
    event = _event(kind, actor, administrator_id, name, facts)
    # One line, in ASCII: whatever was typed cannot begin another one.
    line = {**event, "at": f"{event['at'].isoformat()}Z", "by": actor.name}
    log.info("%s", json.dumps(line, default=str), extra={"by_command": actor.kind == "command"})
    if persist and (kind not in RATE_LIMITED or is_allowed(kind, network_of(actor.address or ""))):
        _persist({**event, "facts": json.dumps(event["facts"], default=str)})


def name_digest(name: str) -> str:
    """By which a name that nobody has is known again: it may be a password, typed into the wrong field."""
    key = hashlib.sha256(PURPOSE + current_app.config["SECRET_KEY"].encode()).digest()
    return hmac.new(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]


def _event(
    kind: str, actor: Actor, administrator_id: int | None, name: str | None, facts: Mapping[str, object]
) -> Event:
    is_known = actor.kind != VISITOR
    if name is None and administrator_id is None and is_known:
        name = actor.name
    by = {"by": actor.name} if is_known and name != actor.name else {}
    return {
        "at": utcnow(),
        "kind": kind,
        "administrator_id": administrator_id,
        "name": _at_most(LONGEST_NAME, name),
        "address": _at_most(LONGEST_ADDRESS, actor.address),
        "request_id": actor.request_id,
        "facts": {**facts, **by},
    }


def _persist(row: Mapping[str, object]) -> None:
    try:
        with db.engine.begin() as connection, short_lock_timeout(connection):
            connection.execute(insert(SecurityEvent).values(**row))
    except SQLAlchemyError as error:
        own_log.warning(
            "could not persist the event of request %s: %s", row["request_id"], type(error).__name__
        )


def _at_most(length: int, text: str | None) -> str | None:
    """A text that every database takes: no NUL, no half characters, and not too long."""
    if text is None:
        return None
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:length]
