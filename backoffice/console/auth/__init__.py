"""Login, the MFA challenge, re-authentication, choosing a password by a link."""

from backoffice.console.auth import reauthentication
from backoffice.console.auth.login import redirect_to_login, sign_in
from backoffice.console.auth.mfa import mfa_challenge
from backoffice.console.auth.password_fields import new_password, same_again
from backoffice.console.auth.password_reset import password
from backoffice.console.auth.reauthentication import (
    handle_reauthentication,
    render_reauthentication,
    require_reauthentication,
)
from backoffice.console.auth.webauthn_forms import (
    passkey_advice,
    passkey_response,
    registration_request,
    relying_party,
)

__all__ = [
    "handle_reauthentication",
    "mfa_challenge",
    "new_password",
    "passkey_advice",
    "passkey_response",
    "password",
    "reauthentication",
    "redirect_to_login",
    "registration_request",
    "relying_party",
    "render_reauthentication",
    "require_reauthentication",
    "same_again",
    "sign_in",
]
