"""What is valid once: challenges for passkeys, and logins that wait for their MFA challenge.

A challenge is signed, and good for five minutes, for one purpose, in one browser. It travels with the page,
so that several windows do not take each other's away; once it was consumed, it is stored until it expires.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, insert

from backoffice.accounts.digests import digest
from backoffice.clock import ClockSigner, utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import UsedChallenge

LASTS = timedelta(minutes=5)
# Longer than anything that is consumed here lasts.
KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Challenge:
    """`value` is what is signed or typed in response; `signed` is how the page sends it back."""

    value: str
    signed: str


def new_challenge(purpose: str, browser: str) -> Challenge:
    """A new one, for a browser that `browser` tells from all others."""
    value = secrets.token_urlsafe(32)
    return Challenge(value, _serializer(purpose, browser).dumps(value))


def verified_challenge(signed: str, purpose: str, browser: str) -> str | None:
    """The value, if it was made for this purpose in this browser, and a moment ago."""
    try:
        value: str = _serializer(purpose, browser).loads(signed, max_age=int(LASTS.total_seconds()))
    except BadData:
        return None
    return value


def _serializer(purpose: str, browser: str) -> URLSafeTimedSerializer:
    # The list ends with the present key: a page that was open when the key changed can still be sent.
    keys = current_app.config["WTF_CSRF_SECRET_KEY"]
    return URLSafeTimedSerializer(keys, salt=f"challenge:{purpose}:{browser}", signer=ClockSigner)


def consume(value: str) -> None:
    """Consume it, in the transaction of the caller. Raises IntegrityError where it was consumed before."""
    db.session.execute(insert(UsedChallenge).values(digest=digest(value), used_at=utcnow()))


def is_consumed(value: str) -> bool:
    """Whether it was consumed."""
    return db.session.get(UsedChallenge, digest(value), populate_existing=True) is not None


def delete_expired() -> None:
    """Delete what was consumed so long ago that it expired anyway. Raises Busy."""
    with transaction(db.session):
        db.session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < utcnow() - KEPT_FOR))
