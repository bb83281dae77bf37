"""Who is signed in, and acts."""

from flask import g, request
from flask_login import current_user

from backoffice.accounts.sign_ins import SignedInAdministrator
from backoffice.history import Actor


def person() -> SignedInAdministrator:
    """Who is signed in."""
    signed_in: SignedInAdministrator = current_user._get_current_object()
    return signed_in


def actor() -> Actor:
    """The same, as whatever they do is recorded."""
    administrator = person()
    return Actor(
        "person", administrator.username, administrator.user_id, request.remote_addr, g.get("request_id")
    )
