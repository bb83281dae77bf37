"""Checking a password: counted before it is checked, and never so many at once that the pages stand still."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_babel import gettext as _

from backoffice.accounts.rate_limits import OWN_PASSWORD, Attempt, count, give_back
from backoffice.exceptions import Busy, Throttled
from backoffice.models import LONGEST_PASSWORD_BYTES, is_bcrypt, verify_password
from backoffice.security import note
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


def check_password(password: str, hashed: str | None) -> bool:
    """Whether `hashed` is a bcrypt hash of `password`, after one check of bcrypt whatever `hashed` is."""
    if is_bcrypt(hashed):
        return verify_password(password, hashed)
    verify_password(password, f"$2b${current_app.config['BCRYPT_LOG_ROUNDS']:02}${NOBODYS_HASH}")
    return False


def check_counted(password: str, hashed: str | None, *attempts: Attempt) -> bool:
    """The same, counted against limits first; a right one is given back.

    Raises Throttled where one of them is used up, and Busy where many are being checked already.
    """
    with _turn():
        count(*attempts)
        is_right = check_password(password, hashed)
        if is_right:
            give_back(*attempts)
    return is_right


def check_own_password(administrator_id: int, password: str, hashed: str | None) -> bool:
    """Whether somebody who is signed in gives their own password, `hashed`, again: counted, and noted if not.

    Raises Throttled and Busy.
    """
    if not is_possible(password):
        return False
    try:
        is_right = check_counted(password, hashed, (OWN_PASSWORD, str(administrator_id)))
    except Throttled as refusal:
        note("password:throttled", administrator_id=administrator_id, keep=refusal.is_first)
        raise
    if not is_right:
        note("password:refused", administrator_id=administrator_id)
    return is_right


@contextmanager
def _turn() -> Iterator[None]:
    """Half of the threads of a process may be at this, at most; the others serve pages."""
    turns = half_of_threads("passwords")
    if not turns.acquire(blocking=False):
        raise Busy(_("Many people are signing in right now. Please try again in a moment."))
    try:
        yield
    finally:
        turns.release()
