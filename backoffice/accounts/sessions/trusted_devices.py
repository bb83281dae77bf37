"""Trusted devices: browsers that hold a token, of which the table has the digest, since an earlier login.

It opens nothing and skips nothing: `rate_limits/policy.py` says what it is for.
"""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update

from backoffice.accounts.digests import digest
from backoffice.clock import utcnow
from backoffice.database import commit_soon, transaction
from backoffice.extensions import db
from backoffice.models import TrustedDevice

KEPT_FOR = timedelta(days=90)


def find_trusted_devices(token: str | None) -> dict[int, int]:
    """Whose trusted device this is: its number by the administrator's id."""
    if token is None:
        return {}
    known = select(TrustedDevice).where(
        TrustedDevice.token_digest == digest(token), TrustedDevice.last_used_at > utcnow() - KEPT_FOR
    )
    return {device.administrator_id: device.id for device in db.session.scalars(known)}


def trust_device(administrator_id: int, token: str | None) -> str:
    """Trust the browser with this token, in which this person has just signed in; returns its new token.

    A token is never taken from a browser, who may have it from somebody else: each login makes another.
    Raises Busy.
    """
    new, now = secrets.token_urlsafe(32), utcnow()
    with transaction(db.session):
        commit_soon(db.session())  # a device that a crash makes strange again is no loss
        if token is not None:
            same = update(TrustedDevice).where(TrustedDevice.token_digest == digest(token))
            db.session.execute(same.values(token_digest=digest(new)))
        own = update(TrustedDevice).where(
            TrustedDevice.token_digest == digest(new), TrustedDevice.administrator_id == administrator_id
        )
        if not db.session.execute(own.values(last_used_at=now)).rowcount:  # type: ignore[attr-defined]
            db.session.add(
                TrustedDevice(
                    administrator_id=administrator_id,
                    token_digest=digest(new),
                    created_at=now,
                    last_used_at=now,
                )
            )
    return new


def delete_unused_devices() -> None:
    """Delete the devices on which nobody has signed in for 90 days. Raises Busy."""
    with transaction(db.session):
        unused = TrustedDevice.last_used_at < utcnow() - KEPT_FOR
        db.session.execute(delete(TrustedDevice).where(unused))
