"""Passwords: their strength, verifying and changing them, and the links by which they are chosen."""

from backoffice.accounts.passwords import reset_links
from backoffice.accounts.passwords.change import (
    change_own_password,
    generate_password,
    hash_new_password,
    is_risky,
    renew_hash,
    risk_of,
    set_password,
)
from backoffice.accounts.passwords.reset_links import NewLink, choose_password, create_link, revoke_links
from backoffice.accounts.passwords.verify import is_possible, verify_own_password, verify_rate_limited

__all__ = [
    "NewLink",
    "change_own_password",
    "choose_password",
    "create_link",
    "generate_password",
    "hash_new_password",
    "is_possible",
    "is_risky",
    "renew_hash",
    "reset_links",
    "revoke_links",
    "risk_of",
    "set_password",
    "verify_own_password",
    "verify_rate_limited",
]
