"""Passwords: checking, choosing, changing and renewing them.

Hashing takes a quarter of a second on purpose, so none of it happens inside a transaction.
"""

import secrets
from collections.abc import Callable

from flask import current_app
from flask_babel import gettext as _

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.checking import check_own_password
from backoffice.accounts.sign_ins import SignedInAdministrator, end_sign_ins
from backoffice.exceptions import Conflict, Invalid
from backoffice.history import operation
from backoffice.models import Operation, User
from backoffice.models.password import (
    hash_password,
    is_foreign,
    needs_renewal,
)
from backoffice.security import note


def hash_new_password(password: str, field: str = "password") -> str:
    """Hash a password that somebody chose. Raises Invalid where it is too short, too long, or no text."""
    shortest = current_app.config["MIN_PASSWORD_LENGTH"]
    if len(password) < shortest:
        raise Invalid(_("A password has at least %(shortest)s characters.", shortest=shortest), field)
    try:
        return hash_password(password)
    except ValueError as error:
        raise Invalid(_("This password is too long, or is no text."), field) from error


def make_up_password() -> str:
    """A password that nobody can guess."""
    return secrets.token_hex(12)


def set_password(
    user_id: int,
    password: str,
    *,
    force: bool = False,
    is_as_shown: Callable[[Account], bool] = lambda _account: True,
) -> None:
    """Give a person a new password, and end their sign-ins.

    Raises Conflict, unless `force`, where the old one was made by another application for itself; and where
    the account is not any more as whoever decided had it before them.
    """
    hashed = hash_new_password(password)
    with operation("user:password:change", table=User.__tablename__) as act:
        account = find_account(user_id, lock=True)
        if not is_as_shown(account):
            raise Conflict(_("The password of %(name)s was changed meanwhile.", name=account.user.username))
        if is_risky(account) and not force:
            raise Conflict(risk_of(account.user.username))
        _replace_hash(act, account, hashed, "change")
        if account.grant is not None:
            end_sign_ins(account.grant.id)
        number, name = account.grant.id if account.grant else None, account.user.username
    note("password:changed", administrator_id=number, name=name)


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
    """Change one's own password, and end one's every other sign-in.

    Raises Invalid where `current` is not the password, or where `new` cannot be one, and Throttled and Busy.
    """
    stored = find_account(administrator.user_id).console_hash
    if not check_own_password(administrator.id, current, stored):
        raise Invalid(_("This is not your current password."), "current_password")
    hashed = hash_new_password(new, "new_password")
    with operation("user:password:change", table=User.__tablename__) as act:
        account = find_account(administrator.user_id, lock=True)
        if account.console_hash != stored:
            raise Conflict(_("Your password was changed somewhere else meanwhile. Please try again."))
        _replace_hash(act, account, hashed, "change")
        end_sign_ins(administrator.id, except_id=administrator.sign_in_id)
    note("password:changed", administrator_id=administrator.id, name=administrator.username)


def renew_hash(user_id: int, password: str, checked: str | None) -> None:
    """Hash a password anew that `checked` is the hash of, if that has a lower cost than is set now.

    A hash that changed meanwhile is left alone.
    """
    if checked is None or not needs_renewal(checked):
        return
    hashed = hash_password(password)
    with operation("user:password:renew", table=User.__tablename__) as act:
        account = find_account(user_id, lock=True)
        if account.console_hash == checked:
            _replace_hash(act, account, hashed, "renew")


def _replace_hash(act: Operation, account: Account, hashed: str, verb: str) -> None:
    holder = account.password_holder
    holder.password_hash = hashed
    act.kind = f"{'user' if holder is account.user else 'administrator'}:password:{verb}"
    act.table_name = holder.__tablename__
    act.selection = f"user {account.user.username}"
