"""How often somebody may try."""

from backoffice.accounts.rate_limits import buckets
from backoffice.accounts.rate_limits.buckets import (
    Attempt,
    Limit,
    clear,
    clear_all,
    count,
    delete_expired_attempts,
    is_exhausted,
    refund,
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
    "delete_expired_attempts",
    "is_exhausted",
    "login_attempts",
    "name_subject",
    "refund",
    "subjects_of",
]
