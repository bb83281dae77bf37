"""Signing in, the second step, re-authentication, choosing a password by a link."""

from backoffice.console.auth import reauthentication
from backoffice.console.auth.login import redirect_to_login, sign_in
from backoffice.console.auth.mfa import second_step
from backoffice.console.auth.password_fields import new_password, same_again
from backoffice.console.auth.password_reset import password
from backoffice.console.auth.reauthentication import (
    handle_reauthentication,
    render_reauthentication,
    require_reauthentication,
)
from backoffice.console.auth.webauthn_forms import advice, answer, ask_for_new, site

__all__ = [
    "advice",
    "answer",
    "ask_for_new",
    "handle_reauthentication",
    "new_password",
    "password",
    "reauthentication",
    "redirect_to_login",
    "render_reauthentication",
    "require_reauthentication",
    "same_again",
    "second_step",
    "sign_in",
    "site",
]
