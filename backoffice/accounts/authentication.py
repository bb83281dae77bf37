"""Who somebody is, by a name and a password."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from backoffice.accounts.account import Account
from backoffice.accounts.passwords import check_password
from backoffice.extensions import db
from backoffice.models import Administrator, User
from backoffice.models.identity import folded

log = logging.getLogger(__name__)

LONGEST_NAME = 254
FAR = 3


def authenticate(name: str, password: str) -> Account | None:
    """The active administrator with this username or email, if this is their password.

    Whatever is wrong, the work is the same: one query and one check of bcrypt. Only what can be nobody's
    name, and nobody's password, is refused without it.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        return None
    account = _find(name)
    is_right = check_password(password, account.console_hash if account else None)
    return account if is_right else None


def _find(name: str) -> Account | None:
    """The account that is meant: the one with exactly this name, or else in another case of its letters."""
    meant = [account for account in _granted_accounts() if _distance(account.user, name) < FAR]
    active = [account for account in meant if _is_active(account)]
    return min(active, key=lambda account: _distance(account.user, name), default=None)


def _granted_accounts() -> list[Account]:
    # All of them: these are the people at work here, and looking through the users, who may be millions,
    # for a name in any case of its letters needs an index that an adopted table does not have.
    statement = (
        select(User, Administrator)
        .join(Administrator, Administrator.user_id == User.id)
        .order_by(User.id)
        .options(lazyload(Administrator.user))
    )
    return [Account(user, grant) for user, grant in db.session.execute(statement)]


def _distance(user: User, name: str) -> int:
    """0 for exactly this username, 1 for exactly this email, 2 where only the case of letters differs."""
    held = [text or "" for text in (user.username, user.email)]
    if name in held:
        return held.index(name)
    forms = {name.casefold(), folded(name).casefold()}
    return 2 if any(text.casefold() in forms for text in held) else FAR


def _is_active(account: Account) -> bool:
    grant = account.grant
    if grant is not None and grant.is_stale:
        log.warning("refused user %d: the grant was given to them under another name", account.user.id)
    return grant is not None and grant.is_active
