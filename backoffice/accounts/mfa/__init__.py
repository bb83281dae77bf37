"""The second factor: authenticator app, passkeys, recovery codes; and re-authentication."""

from backoffice.accounts.mfa import check, one_time_challenges, recovery_codes, totp, webauthn
from backoffice.accounts.mfa.check import (
    PASSKEY,
    RECOVERY,
    WRONG_CODE,
    WRONG_IN_ONE_LOGIN,
    WRONG_PASSKEY,
    WRONG_PASSKEYS,
    check_code,
    check_passkey,
    passkey_options,
)
from backoffice.accounts.mfa.enrolment import (
    add_passkey,
    forget_factors,
    make_recovery_codes,
    remove_authenticator,
    remove_passkey,
    rename_passkey,
    reset,
    set_up_authenticator,
)
from backoffice.accounts.mfa.reauthentication import Credentials, is_recently_authenticated, reauthenticate
from backoffice.accounts.mfa.totp import Enrolment
from backoffice.accounts.mfa.webauthn import Answer, Asked, Site

__all__ = [
    "PASSKEY",
    "RECOVERY",
    "WRONG_CODE",
    "WRONG_IN_ONE_LOGIN",
    "WRONG_PASSKEY",
    "WRONG_PASSKEYS",
    "Answer",
    "Asked",
    "Credentials",
    "Enrolment",
    "Site",
    "add_passkey",
    "check",
    "check_code",
    "check_passkey",
    "forget_factors",
    "is_recently_authenticated",
    "make_recovery_codes",
    "one_time_challenges",
    "passkey_options",
    "reauthenticate",
    "recovery_codes",
    "remove_authenticator",
    "remove_passkey",
    "rename_passkey",
    "reset",
    "set_up_authenticator",
    "totp",
    "webauthn",
]
