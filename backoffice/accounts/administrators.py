"""Granting access to the console, and taking it away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.mfa import remove_all_factors
from backoffice.accounts.names import claim_name, refuse_taken, release_name
from backoffice.accounts.passwords import hash_new_password, revoke_links
from backoffice.accounts.protection import ensure_can_be_taken_away, lock_grants
from backoffice.accounts.sessions import end_all_sessions
from backoffice.clock import utcnow
from backoffice.exceptions import Conflict, Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import about_row, current_actor, operation
from backoffice.models import (
    Administrator,
    Operation,
    User,
    called,
    clean_email,
    clean_username,
    is_storable,
)
from backoffice.permissions import GRANTS, ROLES, may, require
from backoffice.security import record_event

TABLE = GRANTS
# What the security log calls each change.
EVENTS = {
    "disable": "administrator:disabled",
    "enable": "administrator:enabled",
    "revoke": "administrator:revoked",
    "role": "administrator:role-changed",
}
# Whether a grant is still as it was shown to whoever decided about it; asked in the transaction.
AsShown = Callable[[Administrator], bool]


def _unasked(_grant: Administrator) -> bool:
    return True


def find_user(username: str) -> User | None:
    """The user with this name, or else one whose name differs in the case of its letters only."""
    return _user_called(User.username, username)


def find_user_exactly(username: str, email: str) -> User | None:
    """The user who has both this name and this email; None where nobody has either.

    Raises Conflict, which says what differs, where somebody has only one of them.
    """
    named, addressed = find_user(username), _user_called(User.email, email)
    if named is addressed:
        return named
    if named is None and addressed is not None:
        raise Conflict(_("The email address belongs to another user, %(name)s.", name=addressed.username))
    if named is not None and addressed is None:
        if not named.email:
            return named
        raise Conflict(_("There is a user with this name, but with another email address."))
    raise Conflict(_("The username and the email address belong to two different users."))


def _user_called(column: InstrumentedAttribute[str], value: str) -> User | None:
    value = value.strip()
    if not is_storable(value):
        return None
    users = db.session.scalars(select(User).where(called(column, value)).order_by(User.id).limit(10)).all()
    return min(users, key=lambda user: getattr(user, column.key) != value, default=None)


def create_administrator(
    username: str, email: str, role: str, password: str, *, temporary: bool = False
) -> Administrator:
    """Make a new user who may enter the console. Raises Invalid or Conflict where that cannot be.

    A `temporary` password has to be changed at the first login.
    """
    user = User(username=clean_username(username), email=clean_email(email))
    hashed = hash_new_password(password, (user.username, user.email))
    with _granting(role) as op:
        refuse_taken(User.username, user.username)
        refuse_taken(User.email, user.email)
        user.password_hash = hashed
        db.session.add(user)
        db.session.flush()
        return _grant(op, Account(user, None), role, temporary=temporary)


def grant_access(
    user_id: int, role: str, console_password: str | None = None, *, temporary: bool = False
) -> Administrator:
    """Let an existing user enter the console. Raises Conflict where they have access already.

    Where their own hash is of another scheme, or missing, they need a password for the console before they
    can sign in: this one, or one that they choose with a link. A `temporary` one has to be changed then.
    """
    hashed = None
    if console_password is not None:
        hashed = hash_new_password(console_password, find_account(user_id).names)
    with _granting(role) as op:
        account = find_account(user_id, lock=True)
        if account.grant is not None and account.grant.is_active:
            raise Conflict(_("%(name)s has access to the console already.", name=account.user.username))
        return _grant(op, account, role, hashed, temporary=temporary if hashed else None)


@contextmanager
def _granting(role: str) -> Iterator[Operation]:
    _refuse_unknown(role)
    try:
        with operation("administrator:grant", table=TABLE) as op:
            _ask_once_more()
            yield op
            granted = (op.facts or {})["row"]
        record_event(
            "administrator:granted", administrator_id=int(granted["key"]), name=granted["name"], role=role
        )
    except IntegrityError as error:
        raise Conflict(_("Somebody else did the same at this moment. Please look and try again.")) from error


def _refuse_unknown(role: str) -> None:
    if role not in ROLES:
        raise Invalid(_("There is no such role. There are: %(roles)s.", roles=", ".join(ROLES)), "role")


def _ask_once_more() -> None:
    """Whether the person who acts may still administer: somebody may just have taken that from them."""
    actor = current_actor()
    if actor.kind == "person":
        own = select(Administrator).where(Administrator.user_id == actor.id)
        grant = db.session.scalar(own, execution_options={"populate_existing": True})
        require(grant if grant is not None and grant.is_active else None, "administer")


def _grant(
    op: Operation, account: Account, role: str, console_hash: str | None = None, *, temporary: bool | None
) -> Administrator:
    """Write the grant, over one that was disabled, or that somebody had who had the user's id before.

    `temporary` says of a new password whether it has to be changed; None leaves this as it is.
    """
    user = account.user
    grant = db.session.scalar(select(Administrator).where(Administrator.user_id == user.id))
    if grant is None:
        grant = Administrator(user_id=user.id)
    elif account.grant is None:
        grant.password_hash = grant.password_made_up_at = None
        remove_all_factors(grant.id)
    grant.username, grant.role = user.username, role
    grant.granted_at, grant.granted_by, grant.disabled_at = utcnow(), current_actor().name, None
    grant.password_hash = console_hash or grant.password_hash
    if temporary is not None:
        grant.password_made_up_at = utcnow() if temporary else None
    db.session.add(grant)
    db.session.flush()
    claim_name(grant)
    end_all_sessions(grant.id)
    op.facts = about_row(grant.id, grant.username)
    return grant


def disable(administrator_id: int, is_as_shown: AsShown = _unasked) -> None:
    """Close the console to somebody until they are enabled again. Raises Conflict where that cannot be."""
    with _changing("disable", administrator_id, is_as_shown) as grant:
        ensure_can_be_taken_away(grant, current_actor().id)
        grant.disabled_at = grant.disabled_at or utcnow()
        end_all_sessions(grant.id)
        revoke_links(grant.user_id)


def enable(administrator_id: int, is_as_shown: AsShown = _unasked) -> None:
    """Open the console again to somebody who was disabled."""
    with _changing("enable", administrator_id, is_as_shown) as grant:
        if grant.is_stale:
            raise Conflict(_("The user is gone or has another name now. Please grant access anew."))
        grant.disabled_at = None


def change_role(administrator_id: int, role: str, is_as_shown: AsShown = _unasked) -> None:
    """Give somebody another role, which counts from their next request and the next chunk of their work.

    Raises Invalid where there is no such role, Conflict where theirs cannot be taken away.
    """
    _refuse_unknown(role)
    with _changing("role", administrator_id, is_as_shown) as grant:
        if may(grant, "administer"):
            ensure_can_be_taken_away(grant, current_actor().id, role)
        grant.role = role


def revoke(administrator_id: int, is_as_shown: AsShown = _unasked) -> None:
    """Take somebody's access away, with every session. Raises Conflict where that cannot be."""
    with _changing("revoke", administrator_id, is_as_shown) as grant:
        ensure_can_be_taken_away(grant, current_actor().id)
        revoke_links(grant.user_id)
        release_name(grant.id)
        db.session.delete(grant)


@contextmanager
def _changing(verb: str, administrator_id: int, is_as_shown: AsShown) -> Iterator[Administrator]:
    with operation(f"administrator:{verb}", table=TABLE) as op:
        lock_grants()
        _ask_once_more()
        grant = db.session.get(Administrator, administrator_id, populate_existing=True)
        if grant is None:
            raise NotFound(_("This administrator is not there any more."))
        if not is_as_shown(grant):
            raise Conflict(
                _("The access of %(name)s was changed meanwhile. Please look again.", name=grant.username)
            )
        op.facts = about_row(grant.id, grant.username)
        number, name = grant.id, grant.username
        yield grant
    record_event(EVENTS[verb], administrator_id=number, name=name)


def follow_rename(user_id: int, old: str, new: str) -> None:
    """Keep a grant with its user, whom the console renames in this transaction. Raises Invalid."""
    grant = db.session.scalar(select(Administrator).where(Administrator.user_id == user_id))
    if grant is not None and grant.username == old:
        grant.username = new
        claim_name(grant)
