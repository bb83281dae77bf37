"""Verifying a password: counted before, and never so many at once that the pages stand still."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_babel import gettext as _

from backoffice.accounts.rate_limits import OWN_PASSWORD, Attempt, count, refund
from backoffice.exceptions import Busy, Throttled
from backoffice.models import LONGEST_PASSWORD_BYTES, is_bcrypt, verify_password
from backoffice.security import record_event
from backoffice.threads import half_of_threads

# The end of the hash of a password that nobody has; checking against it is as much work as against any.
NOBODYS_HASH = "JKmGn2BbTHdWvRnp6SWvdufuK9Q0KdBFwIOWzaSQXQC/m7iSfPjvO"


def is_possible(password: str) -> bool:
    """Whether this can be anybody's password. However long it is, finding out is no work."""
    if len(password) > LONGEST_PASSWORD_BYTES:
        return False
    try:
        return len(password.encode("utf-8")) <= LONGEST_PASSWORD_BYTES
    except UnicodeEncodeError:
        return False


def verify_in_constant_time(password: str, hashed: str | None) -> bool:
    """Whether `hashed` is a bcrypt hash of `password`, after one run of bcrypt whatever `hashed` is."""
    if is_bcrypt(hashed):
        return verify_password(password, hashed)
    verify_password(password, f"$2b${current_app.config['BCRYPT_LOG_ROUNDS']:02}${NOBODYS_HASH}")
    return False


def verify_rate_limited(password: str, hashed: str | None, *attempts: Attempt) -> bool:
    """The same, counted against limits first; a right one is refunded.

    Raises Throttled where one of them is exhausted, and Busy where many are being verified already.
    """
    with _slot():
        count(*attempts)
        is_right = verify_in_constant_time(password, hashed)
        if is_right:
            refund(*attempts)
    return is_right


def verify_own_password(administrator_id: int, password: str, hashed: str | None) -> bool:
    """Whether somebody signed in gives their own password, `hashed`, again: counted, and recorded where not.

    Raises Throttled and Busy.
    """
    if not is_possible(password):
        return False
    try:
        is_right = verify_rate_limited(password, hashed, (OWN_PASSWORD, str(administrator_id)))
    except Throttled as refusal:
        record_event("password:throttled", administrator_id=administrator_id, persist=refusal.is_first)
        raise
    if not is_right:
        record_event("password:refused", administrator_id=administrator_id)
    return is_right


@contextmanager
def _slot() -> Iterator[None]:
    """Half of the threads of a process may be at this, at most; the others serve pages."""
    slots = half_of_threads("passwords")
    if not slots.acquire(blocking=False):
        raise Busy(_("Many people are signing in right now. Please try again in a moment."))
    try:
        yield
    finally:
        slots.release()
