"""Passwords: how strong, whether right, changing them, and the links by which they are chosen."""

from backoffice.accounts.passwords import reset_links
from backoffice.accounts.passwords.change import (
    change_own_password,
    hash_new_password,
    is_risky,
    make_up_password,
    renew_hash,
    risk_of,
    set_password,
)
from backoffice.accounts.passwords.reset_links import HandedOut, choose_password, forget_links, hand_out
from backoffice.accounts.passwords.verify import check_counted, check_own_password, is_possible

__all__ = [
    "HandedOut",
    "change_own_password",
    "check_counted",
    "check_own_password",
    "choose_password",
    "forget_links",
    "hand_out",
    "hash_new_password",
    "is_possible",
    "is_risky",
    "make_up_password",
    "renew_hash",
    "reset_links",
    "risk_of",
    "set_password",
]
