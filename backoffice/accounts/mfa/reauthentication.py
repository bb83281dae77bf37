"""Showing again who one is, before something that a stolen session must not be enough for."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from backoffice.accounts.account import find_account
from backoffice.accounts.mfa.check import Answer, Site, check_code, check_passkey, has_second_factor
from backoffice.accounts.passwords import check_own_password
from backoffice.accounts.sessions import SignedInAdministrator, renew_token
from backoffice.clock import utcnow
from backoffice.exceptions import Invalid, Throttled
from backoffice.security import note


def is_proof_fresh(person: SignedInAdministrator) -> bool:
    """Whether this person has shown who they are within PROOF_LASTS; signing in counts."""
    shown = person.proved_at
    return shown is not None and abs(utcnow() - shown) < current_app.config["PROOF_LASTS"]


@dataclass(frozen=True)
class Proof:
    """What somebody shows: their password, with a code where they have a second factor, or a passkey."""

    password: str = ""
    code: str = ""
    passkey: Answer | None = None


def prove(person: SignedInAdministrator, proof: Proof, site: Site) -> SignedInAdministrator | None:
    """Take the proof of somebody who is signed in, and give their sign-in a new token.

    Always all that they have: so a proof counts for everything. None where their sign-in has ended meanwhile.
    Raises Invalid where it is wrong, Throttled where it was tried too often, and Busy.
    """
    try:
        factors = _checked(person, proof, site)
    except Invalid:
        note("proof:refused", administrator_id=person.id, name=person.username)
        raise
    renewed = renew_token(person.sign_in_id)
    note("proof:given", administrator_id=person.id, name=person.username, factors=factors)
    return renewed


def _checked(person: SignedInAdministrator, proof: Proof, site: Site) -> list[str]:
    """By which factors somebody has shown who they are. Raises Invalid where they have not."""
    if proof.passkey is not None:
        if check_passkey(person.id, proof.passkey, site, alone=True) is None:
            raise Invalid(_("This passkey was not accepted. Please try again."))
        return ["passkey"]
    if not check_own_password(person.id, proof.password, find_account(person.user_id).console_hash):
        raise Invalid(_("This is not your password."))
    if not has_second_factor(person.id):
        return ["password"]
    try:
        method = check_code(person.id, proof.code)
    except Throttled as too_often:  # by somebody else perhaps, who is no reason to end this session
        raise Invalid(str(too_often)) from too_often
    if method is None:
        raise Invalid(_("This code is wrong, or was used before. Please try the next one that is shown."))
    return ["password", method]
