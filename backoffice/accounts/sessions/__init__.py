"""Sessions: starting, finding and ending them, how long they last, and the browsers they were begun in."""

from backoffice.accounts.sessions.end_sessions import end_sessions
from backoffice.accounts.sessions.expiry import MOST_OPEN, open_sign_ins
from backoffice.accounts.sessions.login_summary import Change, SinceThen, since_then
from backoffice.accounts.sessions.session import (
    Duty,
    SignedInAdministrator,
    end_sign_in,
    end_sign_ins,
    find_owner,
    find_signed_in,
    has_second_factor,
    renew_token,
    start_sign_in,
)
from backoffice.accounts.sessions.still_allowed import require_still
from backoffice.accounts.sessions.trusted_devices import (
    KEPT_FOR,
    forget_unused_browsers,
    known_browsers,
    remember_browser,
)

__all__ = [
    "KEPT_FOR",
    "MOST_OPEN",
    "Change",
    "Duty",
    "SignedInAdministrator",
    "SinceThen",
    "end_sessions",
    "end_sign_in",
    "end_sign_ins",
    "find_owner",
    "find_signed_in",
    "forget_unused_browsers",
    "has_second_factor",
    "known_browsers",
    "open_sign_ins",
    "remember_browser",
    "renew_token",
    "require_still",
    "since_then",
    "start_sign_in",
]
