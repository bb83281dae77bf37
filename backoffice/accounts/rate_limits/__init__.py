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
from backoffice.accounts.rate_limits.policy import OWN_PASSWORD, name_subject, subjects_of, to_sign_in

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
    "name_subject",
    "subjects_of",
    "to_sign_in",
]
