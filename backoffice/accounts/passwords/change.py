"""Passwords: choosing, changing and rehashing them.

Hashing takes a quarter of a second on purpose, so none of it happens inside a transaction.
"""

import secrets
from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.passwords.strength import check_strength
from backoffice.accounts.passwords.verify import verify_own_password
from backoffice.accounts.sessions import SignedInAdministrator, end_all_sessions
from backoffice.clock import utcnow
from backoffice.exceptions import Conflict, Invalid
from backoffice.history import about_row, operation
from backoffice.models import Operation, User, hash_password, is_foreign, needs_renewal
from backoffice.security import Whose, record_event


def hash_new_password(password: str, names: Iterable[str | None], field: str = "password") -> str:
    """Hash a new password of the person with these names. Raises Invalid where it is too weak."""
    check_strength(password, names, field)
    return hash_password(password)


def generate_password() -> str:
    """A random password, which nobody can guess."""
    return secrets.token_hex(12)


def set_password(
    user_id: int,
    password: str,
    *,
    temporary: bool = False,
    force: bool = False,
    is_as_shown: Callable[[Account], bool] = lambda _account: True,
) -> None:
    """Give a person a new password, and end their sessions.

    One that is `temporary` opens the console only as far as the page on which it is changed. Raises Conflict,
    unless `force`, where the old one was made by another application for itself; and where the account is
    not any more as whoever decided had it before them.
    """
    hashed = hash_new_password(password, find_account(user_id).names)
    with operation("user:password:change", table=User.__tablename__) as op:
        account = find_account(user_id, lock=True)
        if not is_as_shown(account):
            raise Conflict(_("The password of %(name)s was changed meanwhile.", name=account.user.username))
        if is_risky(account) and not force:
            raise Conflict(risk_of(account.user.username))
        replace_password(op, account, hashed, temporary=temporary)
        changed = about(account)
    record_event("password:changed", **changed)


def replace_password(op: Operation, account: Account, hashed: str, *, temporary: bool = False) -> None:
    """Write a new password into a locked account, and end its sessions, in the transaction of the caller."""
    _replace_hash(op, account, hashed, "change")
    if account.grant is not None:
        account.grant.password_made_up_at = utcnow() if temporary else None
        end_all_sessions(account.grant.id)


def is_risky(account: Account) -> bool:
    """Whether a new password would replace a hash that another application made for itself."""
    return account.password_holder is account.user and is_foreign(account.user.password_hash)


def risk_of(username: str) -> str:
    """What is at stake then, in words."""
    return str(
        _(
            "The password of %(name)s was made by another application, which may not be able to read one "
            "made here: a new one can lock them out of it.",
            name=username,
        )
    )


def change_own_password(administrator: SignedInAdministrator, current: str, new: str) -> None:
    """Change one's own password, and end every other session of one's own.

    Raises Invalid where `current` is not the password, or where `new` cannot be one; Throttled and Busy.
    """
    stored = find_account(administrator.user_id).console_hash
    if not verify_own_password(administrator.id, current, stored):
        raise Invalid(_("This is not your current password."), "current_password")
    if new == current:
        raise Invalid(_("This is the password you have now. Please choose another."), "new_password")
    hashed = hash_new_password(new, find_account(administrator.user_id).names, "new_password")
    with operation("user:password:change", table=User.__tablename__) as op:
        account = find_account(administrator.user_id, lock=True)
        if account.grant is None or account.console_hash != stored:
            raise Conflict(_("Your password was changed somewhere else meanwhile. Please try again."))
        _replace_hash(op, account, hashed, "change")
        account.grant.password_made_up_at = None
        end_all_sessions(administrator.id, except_id=administrator.session_id)
    record_event("password:changed", administrator_id=administrator.id, name=administrator.username)


def renew_hash(user_id: int, password: str, checked: str | None) -> None:
    """Hash a password anew that `checked` is the hash of, if that has a lower cost than is set now.

    A hash that changed meanwhile is left alone.
    """
    if checked is None or not needs_renewal(checked):
        return
    hashed = hash_password(password)
    with operation("user:password:renew", table=User.__tablename__) as op:
        account = find_account(user_id, lock=True)
        if account.console_hash == checked:
            _replace_hash(op, account, hashed, "renew")


def _replace_hash(op: Operation, account: Account, hashed: str, verb: str) -> None:
    holder = account.password_holder
    holder.password_hash = hashed
    op.kind = f"{'user' if holder is account.user else 'administrator'}:password:{verb}"
    op.table_name = holder.__tablename__
    op.facts = about_row(account.user.id, account.user.username, User.__tablename__)


def about(account: Account) -> Whose:
    """Whose access an event is about."""
    return {"administrator_id": account.grant.id if account.grant else None, "name": account.user.username}
