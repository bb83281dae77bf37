"""Forms that a passkey answers: what the page asks the browser for, and what the browser sent.

A passkey belongs to a host name. Browsers make an exception for `localhost`, which needs no HTTPS, and none
for addresses that are numbers.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request, session
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from backoffice.accounts.mfa import Answer, Asked, Site, passkey_options, webauthn
from backoffice.console.http import here


@dataclass(frozen=True)
class Advice:
    """Why there can be no passkey here, and where there could be one."""

    text: str
    url: str | None


def site() -> Site:
    """Where this request came, under a name that we answer to."""
    generate_csrf()  # which gives the session the secret that it is known by
    return Site(_host(), f"{request.scheme}://{request.host}", session["csrf_token"])


def _host() -> str:
    return urlsplit(f"//{request.host}").hostname or ""


def advice() -> Advice | None:
    """What to say to somebody who came by a number; None where passkeys are possible."""
    try:
        address = ipaddress.ip_address(_host())
    except ValueError:
        return None
    if not address.is_loopback:
        return Advice(
            _("Browsers allow passkeys on a host name, not on a number like %(host)s.", host=_host()), None
        )
    port = urlsplit(f"//{request.host}").port
    address = f"{request.scheme}://localhost{f':{port}' if port else ''}{here()}"
    return Advice(_("Browsers allow passkeys on localhost, not on %(host)s.", host=_host()), address)


def ask_instead_of_password() -> Asked | None:
    """For the sign-in page, which does not know yet who is there."""
    return None if advice() else webauthn.ask_for(site(), None, alone=True)


def ask_beside_password(administrator_id: int) -> Asked | None:
    """For the second step of somebody who has passkeys."""
    return None if advice() else passkey_options(administrator_id, site())


def ask_again(administrator_id: int) -> Asked | None:
    """For somebody who is signed in and shows again who they are."""
    return None if advice() else passkey_options(administrator_id, site(), alone=True)


def ask_for_new(administrator_id: int, username: str) -> Asked | None:
    """For somebody who adds one."""
    return None if advice() else webauthn.ask_for_new(administrator_id, username, site())


def answer() -> Answer | None:
    """What the browser sent; None where the form was sent without a passkey."""
    text = request.form.get("answer")
    return Answer(text, request.form.get("challenge", "")) if text else None
