"""Showing again who one is, before something that a stolen session must not be enough for."""

from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _

from backoffice.accounts.account import find_account
from backoffice.accounts.passwords import check_password
from backoffice.accounts.sign_ins import SignedInAdministrator, renew_token
from backoffice.accounts.throttling import Limit, count, give_back
from backoffice.clock import utcnow
from backoffice.exceptions import Invalid
from backoffice.security import note

# Ten wrong ones an hour for each person; the next one ends the session that it was tried in.
PROOFS = Limit("proof", 10, timedelta(hours=1))


def is_proof_fresh(person: SignedInAdministrator) -> bool:
    """Whether this person has shown who they are within PROOF_LASTS; signing in counts."""
    shown = person.proved_at
    return shown is not None and utcnow() - shown < current_app.config["PROOF_LASTS"]


def prove(person: SignedInAdministrator, password: str, _code: str) -> SignedInAdministrator | None:
    """Take the proof of somebody who is signed in, and give their sign-in a new token.

    Always all that they have: so a proof counts for everything. None where their sign-in has ended meanwhile.
    Raises Invalid where it is wrong, Throttled where it was tried too often, and Busy.
    """
    attempt = (PROOFS, str(person.id))
    count(attempt)
    if not check_password(password, find_account(person.user_id).console_hash):
        note("proof:refused", administrator_id=person.id, name=person.username)
        raise Invalid(_("This is not your password."))
    # Here belongs the code, where `has_second_factor(person.id)`, with a limit of its own.
    give_back(attempt)
    renewed = renew_token(person.sign_in_id)
    note("proof:given", administrator_id=person.id, name=person.username, factors=["password"])
    return renewed
