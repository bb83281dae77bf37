"""A login whose password was right, and whose MFA challenge is still to come.

It waits for ten minutes in the session of that browser, for one challenge: a copy of the cookie counts
against the same five attempts, and is worth nothing once one of them was right.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from flask import session
from sqlalchemy.exc import IntegrityError

from backoffice.accounts import Account, find_account
from backoffice.accounts.mfa import one_time_challenges
from backoffice.clock import utcnow
from backoffice.console.http import digest, is_digest_of
from backoffice.database import transaction
from backoffice.exceptions import NotFound
from backoffice.extensions import db
from backoffice.models import Administrator

KEY = "pending"
LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class PendingLogin:
    """Whose it is, as they are now; `number` is what it is told from others by."""

    number: str
    account: Account
    grant: Administrator
    remember: bool

    def consume(self) -> bool:
        """Let it be worth nothing from here on; False where it was consumed before."""
        clear_pending_login()
        try:
            with transaction(db.session):
                one_time_challenges.consume(self.number)
        except IntegrityError:
            return False
        return True


class Kept(TypedDict):
    """What the session of a browser keeps of it."""

    number: str
    user: int
    checked: str
    remember: bool
    since: str


def store_pending_login(account: Account, *, remember: bool) -> None:
    """Have this browser wait for the MFA challenge of somebody whose password was just right."""
    number = secrets.token_urlsafe(32)
    kept: Kept = {
        "number": number,
        "user": account.user.id,
        "checked": digest(number, account.console_hash),
        "remember": remember,
        "since": utcnow().isoformat(),
    }
    session[KEY] = kept


def load_pending_login() -> PendingLogin | None:
    """What this browser waits with; None where that is over, or where the password is another by now."""
    kept: Kept | None = session.get(KEY)
    if kept is None or abs(utcnow() - datetime.fromisoformat(kept["since"])) > LASTS:
        return None
    account = _account(kept["user"])
    if account is None or account.grant is None or not account.grant.is_active:
        return None
    is_as_checked = is_digest_of(kept["checked"], kept["number"], account.console_hash)
    if not is_as_checked or one_time_challenges.is_consumed(kept["number"]):
        return None
    return PendingLogin(kept["number"], account, account.grant, kept["remember"])


def _account(user_id: int) -> Account | None:
    try:
        return find_account(user_id)
    except NotFound:
        return None


def clear_pending_login() -> None:
    """Have this browser wait for nothing."""
    session.pop(KEY, None)
