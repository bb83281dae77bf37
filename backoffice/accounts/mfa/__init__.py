"""The second factor: authenticator app, passkeys, recovery codes; and re-authentication."""

from backoffice.accounts.mfa import check, one_time_challenges, recovery_codes, totp, webauthn
from backoffice.accounts.mfa.check import (
    PASSKEY,
    RECOVERY,
    WRONG_CODE,
    WRONG_IN_ONE_LOGIN,
    WRONG_PASSKEY,
    WRONG_PASSKEYS,
    passkey_request,
    verify_code,
    verify_passkey,
)
from backoffice.accounts.mfa.enrolment import (
    add_passkey,
    make_recovery_codes,
    remove_all_factors,
    remove_authenticator,
    remove_passkey,
    rename_passkey,
    reset,
    set_up_authenticator,
)
from backoffice.accounts.mfa.reauthentication import Credentials, is_recently_authenticated, reauthenticate
from backoffice.accounts.mfa.totp import Enrolment
from backoffice.accounts.mfa.webauthn import PasskeyRequest, PasskeyResponse, RelyingParty

__all__ = [
    "PASSKEY",
    "RECOVERY",
    "WRONG_CODE",
    "WRONG_IN_ONE_LOGIN",
    "WRONG_PASSKEY",
    "WRONG_PASSKEYS",
    "Credentials",
    "Enrolment",
    "PasskeyRequest",
    "PasskeyResponse",
    "RelyingParty",
    "add_passkey",
    "check",
    "is_recently_authenticated",
    "make_recovery_codes",
    "one_time_challenges",
    "passkey_request",
    "reauthenticate",
    "recovery_codes",
    "remove_all_factors",
    "remove_authenticator",
    "remove_passkey",
    "rename_passkey",
    "reset",
    "set_up_authenticator",
    "totp",
    "verify_code",
    "verify_passkey",
    "webauthn",
]
