"""Signing in and out: each session is a row, and the cookie holds a token that only this row knows."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask import current_app
from flask_login import UserMixin
from sqlalchemy import ColumnElement, bindparam, exists, or_, select, update

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.digests import digest
from backoffice.accounts.sessions.expiry import end_of, end_surplus, is_open
from backoffice.accounts.sessions.last_seen import record_last_seen
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import NotFound
from backoffice.extensions import db
from backoffice.models import Administrator, AdminSession, Authenticator, Passkey, Preference, User
from backoffice.statements import AnyRow

log = logging.getLogger(__name__)

# What was still open on a screen when its session ended is sent within a day, as long as drafts are kept.
ENDED_COUNTS_FOR = timedelta(days=1)
HAS_SECOND_FACTOR = or_(
    exists().where(Authenticator.administrator_id == Administrator.id),
    exists().where(Passkey.administrator_id == Administrator.id),
)
BY_DIGEST = (
    select(
        AdminSession.id,
        AdminSession.remembered,
        AdminSession.created_at,
        AdminSession.last_seen_at,
        AdminSession.proved_at,
        AdminSession.ended_at,
        AdminSession.administrator_id,
        Administrator.user_id,
        Administrator.username,
        Administrator.role,
        Administrator.disabled_at,
        Administrator.password_made_up_at,
        HAS_SECOND_FACTOR.label("has_second_factor"),
        User.username.label("name_now"),
        Preference.time_zone,
        Preference.language,
    )
    .join(Administrator, Administrator.id == AdminSession.administrator_id)
    .outerjoin(User, User.id == Administrator.user_id)
    .outerjoin(Preference, Preference.administrator_id == Administrator.id)
    .where(AdminSession.token_digest == bindparam("digest"))
)


class RequiredAction(Enum):
    """What an administrator has to do before anything else."""

    PASSWORD = "password"  # change the temporary one  # noqa: S105
    SECOND_FACTOR = "second factor"  # set one up, since their role requires it


@dataclass(frozen=True, eq=False)
class SignedInAdministrator(UserMixin):
    """Who is using the console, as of the beginning of the request: Flask-Login's `current_user`.

    `id`, `username`, `role` and `disabled_at` are the grant's, `time_zone` and `language` what they chose.
    `proved_at` is when they last authenticated. Where there is a `required_action`, they may do nothing else
    before it. It is no row, so that it stays what it is when a transaction ends.
    """

    token: str
    session_id: int
    id: int
    user_id: int
    username: str
    role: str
    disabled_at: datetime | None = None
    proved_at: datetime | None = None
    required_action: RequiredAction | None = None
    time_zone: str | None = None
    language: str | None = None

    def get_id(self) -> str:
        """What Flask-Login keeps in the session."""
        return self.token


def start_session(
    account: Account,
    *,
    remember: bool,
    address: str | None,
    user_agent: str | None,
    method: str = "password",
) -> SignedInAdministrator | None:
    """Start a session of somebody who has just authenticated.

    `method` is how: `password` where that was all, or else the second factor. Verifying takes a while: None
    where their access or their password is another by now, or where they have a second factor by now and used
    none. Where they have too many sessions open, the one that was unused for longest ends. Raises Busy.
    """
    user_id, checked, token = account.user.id, account.console_hash, secrets.token_urlsafe(32)
    with transaction(db.session):
        grant = _grant_that_opens(user_id, checked)
        if grant is None or (method == "password" and has_second_factor(grant.id)):
            return None
        end_surplus(grant.id)
        db.session.add(
            AdminSession(
                administrator_id=grant.id,
                token_digest=digest(token),
                address=_at_most(45, address),
                user_agent=_at_most(255, user_agent),
                remembered=remember,
                method=method,
            )
        )
    return find_signed_in(token)


def _grant_that_opens(user_id: int, checked: str | None) -> Administrator | None:
    """This user's grant, if it still opens the console with the password that was checked."""
    try:
        account = find_account(user_id, lock=True)
    except NotFound:
        return None
    grant = account.grant
    return grant if grant and grant.is_active and account.console_hash == checked else None


def has_second_factor(administrator_id: int) -> bool:
    """Whether there is something beside the password that this administrator has to show."""
    found = select(HAS_SECOND_FACTOR).select_from(Administrator).where(Administrator.id == administrator_id)
    return bool(db.session.scalar(found))


def find_signed_in(token: str) -> SignedInAdministrator | None:
    """Who holds this token, with one query; None where the session has ended or the grant is gone.

    This is Flask-Login's user loader.
    """
    # By the connection, since the session would take half as long again as the database.
    row = db.session.connection().execute(BY_DIGEST, {"digest": digest(token)}).one_or_none()
    now = utcnow()
    if row is None or not is_open(row, now) or not _is_granted(row):
        return None
    record_last_seen(row.id, row.last_seen_at, now)
    return SignedInAdministrator(
        token,
        row.id,
        row.administrator_id,
        row.user_id,
        row.username,
        row.role,
        proved_at=row.proved_at,
        required_action=_required_action(row, row.has_second_factor),
        time_zone=row.time_zone,
        language=row.language,
    )


def _required_action(grant: Administrator | AnyRow, has_factor: bool) -> RequiredAction | None:
    if grant.password_made_up_at is not None:
        return RequiredAction.PASSWORD
    if grant.role in current_app.config["SECOND_FACTOR_ROLES"] and not has_factor:
        return RequiredAction.SECOND_FACTOR
    return None


def _is_granted(row: AnyRow) -> bool:
    if row.disabled_at is not None:
        return False
    if row.name_now != row.username:
        log.warning(
            "refused session %d: the grant was given to user %d by another name than the user has now",
            row.id,
            row.user_id,
        )
        return False
    return True


def session_owner(session_id: int) -> Administrator | None:
    """Whose session this is, or was; None where it was deleted long ago, or their grant is not active."""
    found = db.session.get(AdminSession, session_id)
    owner = found and found.administrator
    return owner if owner and owner.is_active else None


def owner_of_ended_session(session_id: int) -> Administrator | None:
    """Whose session this was, if it ended during the last day; None too where it could do nothing now.

    That is where their grant is not active, or something is required of them first. A session that is open
    is its cookie's: what comes without is not of it.
    """
    found, owner, now = db.session.get(AdminSession, session_id), session_owner(session_id), utcnow()
    if found is None or owner is None or is_open(found, now) or end_of(found) <= now - ENDED_COUNTS_FOR:
        return None
    return None if _required_action(owner, has_second_factor(owner.id)) else owner


def renew_token(session_id: int) -> SignedInAdministrator | None:
    """Give a session a new token, since its owner has authenticated again; the old one opens nothing.

    None where the session has ended meanwhile. Raises Busy.
    """
    token, now = secrets.token_urlsafe(32), utcnow()
    with transaction(db.session):
        still_open = update(AdminSession).where(
            AdminSession.id == session_id, AdminSession.ended_at.is_(None)
        )
        db.session.execute(still_open.values(token_digest=digest(token), proved_at=now, last_seen_at=now))
    return find_signed_in(token)


def end_session(session_id: int) -> None:
    """End one session: no cookie of it opens anything from here on. Raises Busy."""
    with transaction(db.session):
        _end(AdminSession.id == session_id)


def end_all_sessions(administrator_id: int, *, except_id: int = 0) -> None:
    """End every session of an administrator but one, in the transaction of the caller."""
    _end(AdminSession.administrator_id == administrator_id, AdminSession.id != except_id)


def _end(*conditions: ColumnElement[bool]) -> None:
    still_open = (*conditions, AdminSession.ended_at.is_(None))
    db.session.execute(update(AdminSession).where(*still_open).values(ended_at=utcnow()))


def _at_most(length: int, text: str | None) -> str | None:
    return text and text.replace("\0", "")[:length]
