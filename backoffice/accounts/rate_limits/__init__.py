"""How often somebody may try."""

from backoffice.accounts.rate_limits import buckets
from backoffice.accounts.rate_limits.buckets import (
    Attempt,
    Limit,
    clear,
    clear_all,
    count,
    forget_past_attempts,
    give_back,
    is_used_up,
)
from backoffice.accounts.rate_limits.policy import OWN_PASSWORD, login_attempts, name_subject, subjects_of

__all__ = [
    "OWN_PASSWORD",
    "Attempt",
    "Limit",
    "buckets",
    "clear",
    "clear_all",
    "count",
    "forget_past_attempts",
    "give_back",
    "is_used_up",
    "login_attempts",
    "name_subject",
    "subjects_of",
]
