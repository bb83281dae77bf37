"""One's own account: password, preferences, sessions, second factor."""

from backoffice.console.account.mfa import SecondFactorView
from backoffice.console.account.reauthentication_page import ReauthenticationView
from backoffice.console.account.sessions import SessionsView
from backoffice.console.account.view import AccountView

__all__ = ["AccountView", "ReauthenticationView", "SecondFactorView", "SessionsView"]
