"""Who is signed in."""

from flask_login import current_user

from backoffice.accounts.sign_ins import SignedInAdministrator


def person() -> SignedInAdministrator:
    """Who is signed in."""
    signed_in: SignedInAdministrator = current_user._get_current_object()
    return signed_in
