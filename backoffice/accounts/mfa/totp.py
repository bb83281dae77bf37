"""Authenticator apps, which show a new code every half minute (TOTP): setting one up, verifying its codes.

A code is valid during its own half minute, and during the first ten seconds of the next one, since reading
and typing take a while. It is valid once.
"""

import hmac
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
from sqlalchemy import delete, select, update

from backoffice.accounts.mfa.encryption import decrypt, encrypt, is_outdated, rotate
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Authenticator

log = logging.getLogger(__name__)

STEP_SECONDS = 30
LATE_SECONDS = 10
DIGITS = 6
SETTING_UP_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Enrolment:
    """A secret that is to be shared with an app: as the app takes it, and encrypted for its owner."""

    secret: str
    encrypted: str

    def uri(self, username: str, site: str) -> str:
        """What the QR code says."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=f"{username}@{site}", issuer_name="Backoffice")


def new_enrolment(administrator_id: int) -> Enrolment:
    """A new secret of 160 random bits; nothing is stored of it before a code has shown that an app has it."""
    secret = pyotp.random_base32()
    return Enrolment(secret, encrypt(f"{administrator_id}:{secret}"))


def resume_enrolment(encrypted: str, administrator_id: int) -> Enrolment | None:
    """The enrolment that was begun with this secret; None where it is another's, or too old."""
    secret = _opened(encrypted, administrator_id, SETTING_UP_LASTS)
    return Enrolment(secret, encrypted) if secret else None


def _opened(encrypted: str, administrator_id: int, within: timedelta | None = None) -> str | None:
    # It says whose it is: copied to another row, it opens nothing.
    owner, _, secret = (decrypt(encrypted, within) or "").partition(":")
    return secret if owner == str(administrator_id) and secret else None


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute whose code this is, if it is valid now."""
    step, seconds = divmod(int(now.replace(tzinfo=UTC).timestamp()), STEP_SECONDS)
    steps = [step, step - 1] if seconds < LATE_SECONDS else [step]
    codes = pyotp.HOTP(secret, digits=DIGITS)
    return next((one for one in steps if hmac.compare_digest(codes.at(one), code)), None)


def store(administrator_id: int, enrolment: Enrolment, step: int) -> None:
    """Store what was set up, in the place of what was there, in the transaction of the caller.

    `step` is that of the code which showed that the app has the secret; it is consumed with that.
    """
    row = db.session.get(Authenticator, administrator_id) or Authenticator(administrator_id=administrator_id)
    row.encrypted_secret, row.last_step = enrolment.encrypted, step
    row.created_at = utcnow()
    db.session.add(row)


def authenticator_of(administrator_id: int) -> Authenticator | None:
    """The app that this administrator has set up."""
    return db.session.get(Authenticator, administrator_id)


def consume_code(administrator_id: int, code: str) -> bool:
    """Whether this is a valid code of theirs, which is consumed, with every earlier one. Raises Busy."""
    row = authenticator_of(administrator_id)
    secret = _secret_of(row) if row else None
    step = step_of(secret, code, utcnow()) if secret else None
    if step is None:
        return False
    is_later = (Authenticator.administrator_id == administrator_id, Authenticator.last_step < step)
    consuming = update(Authenticator).where(*is_later).values(last_step=step)
    with transaction(db.session):
        return bool(db.session.connection().execute(consuming).rowcount)


def _secret_of(row: Authenticator) -> str | None:
    secret = _opened(row.encrypted_secret, row.administrator_id)
    if secret is None:
        log.error(
            "the authenticator secret of administrator %d cannot be read: it was encrypted with a key that "
            "is neither SECRET_KEY nor in SECRET_KEY_FALLBACKS. A recovery code, or a reset, lets them in.",
            row.administrator_id,
        )
    return secret


def remove(administrator_id: int) -> None:
    """Remove the app, in the transaction of the caller."""
    db.session.execute(delete(Authenticator).where(Authenticator.administrator_id == administrator_id))


def rotate_secrets() -> None:
    """Encrypt with the present key what an older one encrypted. Raises Busy."""
    rows = db.session.execute(select(Authenticator.administrator_id, Authenticator.encrypted_secret)).all()
    for administrator_id, encrypted in rows:
        rotated = rotate(encrypted) if is_outdated(encrypted) else None
        if rotated is not None:
            is_same = (
                Authenticator.administrator_id == administrator_id,
                Authenticator.encrypted_secret == encrypted,
            )
            with transaction(db.session):
                db.session.execute(update(Authenticator).where(*is_same).values(encrypted_secret=rotated))
