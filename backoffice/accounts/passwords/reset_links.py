"""Links by which somebody chooses a password, once, within the hour.

Whoever hands one on never learns the password. It opens nothing else: nobody is signed in by it, and a second
factor stays as it is. The database holds a digest of the code only.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, select, update

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.digests import digest
from backoffice.accounts.passwords.change import about, hash_new_password, replace_password
from backoffice.accounts.rate_limits import buckets
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import Conflict, Invalid, NotFound, Throttled
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, claim, current_actor, operation
from backoffice.models import PasswordLink, User
from backoffice.security import network_of, record_event

VALID_FOR = timedelta(hours=1)
# Nobody asks any more what became of one that is older.
KEPT_FOR = timedelta(days=1)
# Thirty wrong codes an hour from one address; of IPv6, from one customer's network.
WRONG_CODES = buckets.Limit("password-link", 30, timedelta(hours=1))
# A code has 43 characters; somebody may paste the whole address.
LONGEST = 1_000


class NewLink(NamedTuple):
    """A link that was just created: its code is known this once."""

    code: str
    username: str
    valid_until: datetime


def create_link(user_id: int, is_as_shown: Callable[[Account], bool] = lambda _account: True) -> NewLink:
    """Create a link for a user; one that was created for them before is void.

    Raises NotFound, Busy, and Conflict for somebody whose access is disabled, or is not any more as whoever
    decided had it before them.
    """
    code = secrets.token_urlsafe(32)
    with transaction(db.session):
        claim(db.session())
        account = find_account(user_id, lock=True)
        if _is_disabled(account):
            raise Conflict(
                _("The access of %(name)s is disabled. Please enable it first.", name=_name(account))
            )
        if not is_as_shown(account):
            raise Conflict(
                _("The access of %(name)s was changed meanwhile. Please look again.", name=_name(account))
            )
        revoke_links(user_id)
        link = PasswordLink(
            token_digest=digest(code),
            user_id=user_id,
            username=_name(account),
            password_digest=_fingerprint(account),
            made_by=current_actor().name,
            created_at=utcnow(),
        )
        db.session.add(link)
        new = NewLink(code, link.username, link.created_at + VALID_FOR)
        whose = about(account)
    record_event("password-link:made", **whose)
    return new


def revoke_links(user_id: int) -> None:
    """Revoke every link of a user, in the transaction of the caller."""
    db.session.execute(delete(PasswordLink).where(PasswordLink.user_id == user_id))


def delete_expired() -> None:
    """Delete the links that were created more than a day ago. Raises Busy."""
    with transaction(db.session):
        db.session.execute(delete(PasswordLink).where(PasswordLink.created_at < utcnow() - KEPT_FOR))


def choose_password(typed: str, password: str) -> bool:
    """Give the person who has this code the password that they chose, and end their sessions.

    Returns whether they may enter the console. Raises Invalid, the same whatever is wrong with the code, and
    where the password is no good one; and Throttled after too many wrong codes.
    """
    attempt = WRONG_CODES, network_of(current_actor().address or "")
    try:
        buckets.count(attempt)
    except Throttled as refusal:
        record_event("password-link:throttled", persist=refusal.is_first)
        raise
    try:
        link = _find(typed)
        buckets.refund(attempt)
        return _choose(link, password)
    except _InvalidLink as invalid:
        record_event("password-link:refused", name=invalid.username, reason=invalid.reason)
        raise Invalid(
            _("This link does not work, or not any more. Please ask for a new one."), "code"
        ) from invalid


class _InvalidLink(Exception):
    """Why a code is refused: for the log, not for whoever typed it."""

    def __init__(self, reason: str, username: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.username = reason, username


def _find(typed: str) -> PasswordLink:
    """The link with this code, if it is still valid."""
    code = typed[:LONGEST].strip().rpartition("#")[2]
    link = db.session.scalar(select(PasswordLink).where(PasswordLink.token_digest == digest(code)))
    if link is None:
        raise _InvalidLink("unknown")
    _valid_account(link, lock=False)
    db.session.expunge(link)  # it stays as it is now, whatever transaction comes next
    return link


def _choose(link: PasswordLink, password: str) -> bool:
    hashed = hash_new_password(password, _valid_account(link, lock=False).names)
    with (
        acting_as(_person(link)),
        operation("user:password:change", table=User.__tablename__) as op,
    ):
        account = _valid_account(link, lock=True)
        _consume(link)
        replace_password(op, account, hashed)
        op.facts = {**(op.facts or {}), "link": link.made_by}
        whose = about(account)
    record_event("password-link:used", **whose, made_by=link.made_by)
    record_event("password:changed", **whose)
    return account.grant is not None


def _person(link: PasswordLink) -> Actor:
    actor = current_actor()
    return Actor("person", link.username, link.user_id, actor.address, actor.request_id)


def _valid_account(link: PasswordLink, *, lock: bool) -> Account:
    """The account that a link is for, while the link is valid."""
    if link.used_at is not None:
        raise _InvalidLink("used", link.username)
    if link.created_at < utcnow() - VALID_FOR:
        raise _InvalidLink("expired", link.username)
    try:
        account = find_account(link.user_id, lock=lock)
    except NotFound as gone:
        raise _InvalidLink("gone", link.username) from gone
    is_same = _name(account) == link.username and _fingerprint(account) == link.password_digest
    if not is_same or _is_disabled(account):
        raise _InvalidLink("changed", link.username)
    return account


def _consume(link: PasswordLink) -> None:
    """Consume a link: of two who do it at once, only one can."""
    unused = (PasswordLink.id == link.id, PasswordLink.used_at.is_(None))
    used = update(PasswordLink).where(*unused).values(used_at=utcnow())
    result = db.session.execute(used, execution_options={"synchronize_session": False})
    if cast("CursorResult[Any]", result).rowcount != 1:
        raise _InvalidLink("used", link.username)


def _name(account: Account) -> str:
    return account.user.username or ""


def _is_disabled(account: Account) -> bool:
    return account.grant is not None and account.grant.disabled_at is not None


def _fingerprint(account: Account) -> str:
    """A digest of the password that is to be replaced, and of whose it is."""
    holder, grant = account.password_holder, account.grant
    return digest(f"{grant and grant.id}:{holder.__tablename__}:{holder.password_hash}")
