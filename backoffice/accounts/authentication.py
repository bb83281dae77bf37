"""Who somebody is, by a name and a password."""

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import lazyload
from sqlalchemy.orm.attributes import set_committed_value

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.passwords import is_possible, verify_rate_limited
from backoffice.accounts.rate_limits import login_attempts, name_subject
from backoffice.accounts.sessions import find_trusted_devices
from backoffice.exceptions import NotFound, Throttled
from backoffice.extensions import db
from backoffice.history import current_actor
from backoffice.models import Administrator, User, folded, folded_name, visible
from backoffice.security import REFUSED, THROTTLED, Whose, name_digest, record_event

log = logging.getLogger(__name__)

LONGEST_NAME = 254
FAR = 3


@dataclass(frozen=True)
class VerifiedAccount(Account):
    """An account whose password was verified: `console_hash` is what it was verified against."""

    verified_hash: str | None

    @property
    def console_hash(self) -> str | None:
        """The hash that was verified, whatever became of it since."""
        return self.verified_hash


def authenticate(name: str, password: str, device_token: str | None = None) -> Account | None:
    """The active administrator with this username or email, if this is their password.

    `device_token` is that of a device that may be trusted. Whatever is wrong, the work is the same: the
    attempt is counted first, then bcrypt runs once, and it is recorded. Only what can be nobody's
    name, and nobody's password, is refused without it. Raises Throttled, and Busy where many are signing in.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not is_possible(password):
        record_event(REFUSED, persist=False, reason="impossible")
        return None
    meant = find_by_name(name)
    account = meant if meant and _is_active(meant) else None
    # Now: what is written from here on ends the transaction in which these were read.
    user_id, hashed = (account.user.id, account.console_hash) if account else (0, None)
    whose, reason = _whose(meant, name), _reason(meant, account)
    device_id = find_trusted_devices(device_token).get(whose.get("administrator_id") or 0)
    attempts = login_attempts(name, current_actor().address, device_id)
    try:
        is_right = verify_rate_limited(password, hashed, *attempts)
    except Throttled as refusal:
        record_event(THROTTLED, persist=refusal.is_first, **whose)
        raise
    if is_right:
        return _verified(user_id, hashed)
    record_event(REFUSED, reason=reason, **whose)
    return None


def _verified(user_id: int, hashed: str | None) -> Account | None:
    """The account as it is now, with the hash that was verified; None where the user is gone meanwhile."""
    try:
        account = find_account(user_id)
    except NotFound:
        return None
    return VerifiedAccount(account.user, account.grant, hashed)


def find_by_name(name: str) -> Account | None:
    """The account that is meant: the one with exactly this name, or else in another case of its letters.

    It may be one that opens nothing, where no other is meant.
    """
    meant = [account for account in _granted_accounts() if _distance(account.user, name) < FAR]
    return min(meant, key=lambda one: (not _is_active(one), _distance(one.user, name)), default=None)


def _whose(meant: Account | None, name: str) -> Whose:
    """By what an event names whose access this is about."""
    if meant is None or meant.grant is None:
        return {"name_digest": name_digest(name_subject(name))}
    return {"administrator_id": meant.grant.id, "name": meant.grant.username}


def _reason(meant: Account | None, account: Account | None) -> str:
    """Why somebody was refused, for the administrators; the stranger is told nothing of it."""
    if meant is None:
        return "unknown"
    if account is None:
        return "disabled" if meant.grant and meant.grant.disabled_at else "stale"
    return "password" if account.can_sign_in else "no password"


def _granted_accounts() -> list[Account]:
    # All of them: these are the people at work here, and looking through the users, who may be millions,
    # for a name in any case of its letters needs an index that an adopted table does not have.
    grants = db.session.scalars(select(Administrator).options(lazyload(Administrator.user))).all()
    # Not by a join, for which SQLite may go through all users.
    theirs = select(User).where(User.id.in_([grant.user_id for grant in grants]))
    users = {user.id: user for user in db.session.scalars(theirs)}
    by_user = sorted(grants, key=lambda grant: grant.user_id)
    found = [Account(users[grant.user_id], grant) for grant in by_user if grant.user_id in users]
    for account in found:
        set_committed_value(account.grant, "user", account.user)
    return found


def _distance(user: User, name: str) -> int:
    """0 for exactly this username, 1 for exactly this email, 2 where only the case of letters differs."""
    held = [text or "" for text in (user.username, user.email)]
    if name in held:
        return held.index(name)
    if visible(folded(name)) != folded(name):  # whoever typed it means no other
        return FAR
    return 2 if folded_name(name) in map(folded_name, filter(None, held)) else FAR


def _is_active(account: Account) -> bool:
    grant = account.grant
    if grant is not None and grant.is_stale:
        log.warning("refused user %d: the grant was given to them under another name", account.user.id)
    return grant is not None and grant.is_active
