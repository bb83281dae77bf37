"""Sessions: starting, finding and ending them, how long they last, and the devices they were started on."""

from backoffice.accounts.sessions.end_sessions import end_sessions
from backoffice.accounts.sessions.expiry import (
    MOST_OPEN,
    delete_old_sessions,
    is_signed_in,
    open_sessions,
)
from backoffice.accounts.sessions.login_summary import CredentialChange, LoginSummary, login_summary
from backoffice.accounts.sessions.revalidation import revalidate_access
from backoffice.accounts.sessions.session import (
    RequiredAction,
    SignedInAdministrator,
    end_all_sessions,
    end_session,
    find_signed_in,
    has_second_factor,
    owner_of_ended_session,
    renew_token,
    session_owner,
    start_session,
)
from backoffice.accounts.sessions.trusted_devices import (
    KEPT_FOR,
    delete_unused_devices,
    find_trusted_devices,
    trust_device,
)

__all__ = [
    "KEPT_FOR",
    "MOST_OPEN",
    "CredentialChange",
    "LoginSummary",
    "RequiredAction",
    "SignedInAdministrator",
    "delete_old_sessions",
    "delete_unused_devices",
    "end_all_sessions",
    "end_session",
    "end_sessions",
    "find_signed_in",
    "find_trusted_devices",
    "has_second_factor",
    "is_signed_in",
    "login_summary",
    "open_sessions",
    "owner_of_ended_session",
    "renew_token",
    "revalidate_access",
    "session_owner",
    "start_session",
    "trust_device",
]
