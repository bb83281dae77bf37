"""Forms that take a passkey: what the page requests of the browser, and what the browser sent.

A passkey belongs to a host name. Browsers make an exception for `localhost`, which needs no HTTPS, and none
for addresses that are numbers.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request, session
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from backoffice.accounts.mfa import PasskeyRequest, PasskeyResponse, RelyingParty, passkey_request, webauthn
from backoffice.console.http import here


@dataclass(frozen=True)
class PasskeyAdvice:
    """Why there can be no passkey here, and where there could be one."""

    text: str
    url: str | None


def relying_party() -> RelyingParty:
    """The site that this request came to, under a name that we answer to."""
    generate_csrf()  # which gives the session the secret that it is known by
    return RelyingParty(_host(), f"{request.scheme}://{request.host}", session["csrf_token"])


def _host() -> str:
    return urlsplit(f"//{request.host}").hostname or ""


def passkey_advice() -> PasskeyAdvice | None:
    """What to say to somebody who came by a number; None where passkeys are possible."""
    try:
        address = ipaddress.ip_address(_host())
    except ValueError:
        return None
    if not address.is_loopback:
        return PasskeyAdvice(
            _("Browsers allow passkeys on a host name, not on a number like %(host)s.", host=_host()), None
        )
    port = urlsplit(f"//{request.host}").port
    url = f"{request.scheme}://localhost{f':{port}' if port else ''}{here()}"
    return PasskeyAdvice(_("Browsers allow passkeys on localhost, not on %(host)s.", host=_host()), url)


def passwordless_request() -> PasskeyRequest | None:
    """For the login page, which does not know yet who is there."""
    if passkey_advice():
        return None
    return webauthn.authentication_request(relying_party(), None, passwordless=True)


def second_factor_request(administrator_id: int) -> PasskeyRequest | None:
    """For the MFA challenge of somebody who has passkeys."""
    return None if passkey_advice() else passkey_request(administrator_id, relying_party())


def reauthentication_request(administrator_id: int) -> PasskeyRequest | None:
    """For re-authentication."""
    return None if passkey_advice() else passkey_request(administrator_id, relying_party(), passwordless=True)


def registration_request(administrator_id: int, username: str) -> PasskeyRequest | None:
    """For somebody who adds a passkey."""
    if passkey_advice():
        return None
    return webauthn.registration_request(administrator_id, username, relying_party())


def passkey_response() -> PasskeyResponse | None:
    """What the browser sent; None where the form was sent without a passkey."""
    text = request.form.get("answer")
    return PasskeyResponse(text, request.form.get("challenge", "")) if text else None
