"""Verifying the second factor, which comes beside a password, and how often it may be wrong.

Nothing here knows of signing in: re-authentication asks the same.
"""

import re
from datetime import timedelta

from flask_babel import lazy_gettext

from backoffice.accounts.mfa import one_time_challenges, recovery_codes, totp, webauthn
from backoffice.accounts.mfa.webauthn import PasskeyRequest, PasskeyResponse, RelyingParty
from backoffice.accounts.rate_limits import Attempt, Limit, count, refund
from backoffice.security import record_event

# Five wrong codes, or passkeys, end a login: whoever goes on needs the password again.
WRONG_IN_ONE_LOGIN = Limit("second-factor:sign-in", 5, timedelta(days=1))
# Twenty wrong codes for one administrator an hour, whatever browser they come from: guessing one of a million
# takes years. Passkeys are not counted, since nobody guesses a signature: they work all the same.
WRONG_FOR_ONE_PERSON = Limit("second-factor:person", 20, timedelta(hours=1))
# Sixty passkeys an hour that are nobody's, from one address: only the work that they make is to be bounded.
WRONG_PASSKEYS = Limit("second-factor:passkey", 60, timedelta(hours=1))

TOTP, RECOVERY, PASSKEY = "totp", "recovery", "passkey"
# What somebody reads whose second factor was wrong.
WRONG_CODE = lazy_gettext("This code is wrong, or was used before. Please try the next one that is shown.")
WRONG_PASSKEY = lazy_gettext("This passkey was not accepted. Please try again.")
LONGEST_CODE = 100


def verify_code(administrator_id: int, code: str, *further: Attempt) -> str | None:
    """Which factor this is a code of, `totp` or `recovery`; None where it is none, or was used before.

    A wrong one is counted, in the limits of `further` too. Raises Throttled, and Busy.
    """
    attempts = ((WRONG_FOR_ONE_PERSON, str(administrator_id)), *further)
    count(*attempts)
    method = _verified_factor(administrator_id, re.sub(r"[\W_]+", "", code[:LONGEST_CODE]).upper())
    if method is not None:
        refund(*attempts)
    if method == RECOVERY:
        record_event(
            "recovery-codes:used",
            administrator_id=administrator_id,
            left=recovery_codes.count_left(administrator_id),
        )
    return method


def _verified_factor(administrator_id: int, code: str) -> str | None:
    if not code.isascii():
        return None
    if len(code) == totp.DIGITS:
        return TOTP if totp.consume_code(administrator_id, code) else None
    if len(code) == recovery_codes.LENGTH:
        return RECOVERY if recovery_codes.consume_code(administrator_id, code) else None
    return None


def passkey_request(
    administrator_id: int, rp: RelyingParty, *, passwordless: bool = False
) -> PasskeyRequest | None:
    """What a page requests of the browser, so that one of their passkeys responds; None where they have none.

    `passwordless` requests one that stands for the password too.
    """
    if not webauthn.count_passkeys(administrator_id):
        return None
    return webauthn.authentication_request(rp, administrator_id, passwordless=passwordless)


def verify_passkey(
    administrator_id: int,
    response: PasskeyResponse,
    rp: RelyingParty,
    *further: Attempt,
    passwordless: bool = False,
) -> str | None:
    """`passkey`, where one of theirs responded to a `passkey_request`; None where none did.

    A wrong response is counted in the limits of `further`. Raises Throttled, and Busy.
    """
    count(*further)
    if webauthn.verify_authentication(response, rp, administrator_id, passwordless=passwordless) is None:
        return None
    refund(*further)
    return PASSKEY


def tidy_up() -> None:
    """Encrypt with the present key what an older one encrypted, and delete challenges that expired."""
    totp.rotate_secrets()
    one_time_challenges.delete_expired()
