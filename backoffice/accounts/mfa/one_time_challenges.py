"""What can be answered once: challenges for passkeys, and logins that wait for their MFA challenge.

A challenge is signed, and good for five minutes, for one purpose, in one browser. It travels with the page,
so that several windows do not take each other's away; once it was answered, it is kept until it expires.
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
# Longer than anything that is used up here lasts.
KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Challenge:
    """`value` is what is answered; `signed` is how the page sends it back."""

    value: str
    signed: str


def new_challenge(purpose: str, browser: str) -> Challenge:
    """A new one, for a browser that `browser` tells from all others."""
    value = secrets.token_urlsafe(32)
    return Challenge(value, _serializer(purpose, browser).dumps(value))


def challenge_in(signed: str, purpose: str, browser: str) -> str | None:
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


def use_up(value: str) -> None:
    """Use it up, in the transaction of the caller. Raises IntegrityError where it was used up before."""
    db.session.execute(insert(UsedChallenge).values(digest=digest(value), used_at=utcnow()))


def is_used(value: str) -> bool:
    """Whether it was used up."""
    return db.session.get(UsedChallenge, digest(value), populate_existing=True) is not None


def forget_old() -> None:
    """Forget what was used so long ago that it could not be answered any more. Raises Busy."""
    with transaction(db.session):
        db.session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < utcnow() - KEPT_FOR))
