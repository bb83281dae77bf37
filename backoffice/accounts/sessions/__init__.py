"""Sessions: starting, finding and ending them, how long they last, and the browsers they were begun in."""

from backoffice.accounts.sessions.end_sessions import end_sessions
from backoffice.accounts.sessions.expiry import MOST_OPEN, delete_old_sessions, open_sessions
from backoffice.accounts.sessions.login_summary import Change, SinceThen, since_then
from backoffice.accounts.sessions.session import (
    Duty,
    SignedInAdministrator,
    end_all_sessions,
    end_session,
    find_signed_in,
    has_second_factor,
    renew_token,
    session_owner,
    start_session,
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
    "delete_old_sessions",
    "end_all_sessions",
    "end_session",
    "end_sessions",
    "find_signed_in",
    "forget_unused_browsers",
    "has_second_factor",
    "known_browsers",
    "open_sessions",
    "remember_browser",
    "renew_token",
    "require_still",
    "session_owner",
    "since_then",
    "start_session",
]
