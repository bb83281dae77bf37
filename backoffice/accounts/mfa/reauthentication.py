"""Re-authentication, before something that a stolen session must not be enough for."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from backoffice.accounts.account import find_account
from backoffice.accounts.mfa.check import (
    WRONG_CODE,
    WRONG_PASSKEY,
    verify_code,
    verify_passkey,
)
from backoffice.accounts.mfa.webauthn import PasskeyResponse, RelyingParty
from backoffice.accounts.passwords import verify_own_password
from backoffice.accounts.sessions import SignedInAdministrator, has_second_factor, renew_token
from backoffice.clock import utcnow
from backoffice.exceptions import Invalid, Throttled
from backoffice.security import record_event


def is_recently_authenticated(person: SignedInAdministrator) -> bool:
    """Whether this person has authenticated within PROOF_LASTS; signing in counts."""
    last = person.proved_at
    return last is not None and abs(utcnow() - last) < current_app.config["PROOF_LASTS"]


@dataclass(frozen=True)
class Credentials:
    """What somebody gives: their password, with a code where they have a second factor, or a passkey."""

    password: str = ""
    code: str = ""
    passkey: PasskeyResponse | None = None


def reauthenticate(
    person: SignedInAdministrator, credentials: Credentials, rp: RelyingParty
) -> SignedInAdministrator | None:
    """Verify the credentials of somebody who is signed in, and give their session a new token.

    Always all that they have, so that it counts for everything. None where their session has ended meanwhile.
    Raises Invalid where they are wrong, Throttled where that was too often, and Busy.
    """
    try:
        factors = _verified(person, credentials, rp)
    except Invalid:
        record_event("proof:refused", administrator_id=person.id, name=person.username)
        raise
    renewed = renew_token(person.session_id)
    record_event("proof:given", administrator_id=person.id, name=person.username, factors=factors)
    return renewed


def _verified(person: SignedInAdministrator, credentials: Credentials, rp: RelyingParty) -> list[str]:
    """By which factors somebody has authenticated. Raises Invalid where they have not."""
    if credentials.passkey is not None:
        if verify_passkey(person.id, credentials.passkey, rp, passwordless=True) is None:
            raise Invalid(str(WRONG_PASSKEY))
        return ["passkey"]
    if not verify_own_password(person.id, credentials.password, find_account(person.user_id).console_hash):
        raise Invalid(_("This is not your password."))
    if not has_second_factor(person.id):
        return ["password"]
    try:
        method = verify_code(person.id, credentials.code)
    except Throttled as too_often:  # by somebody else perhaps, who is no reason to end this session
        raise Invalid(str(too_often)) from too_often
    if method is None:
        raise Invalid(str(WRONG_CODE))
    return ["password", method]
