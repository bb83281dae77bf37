"""What the ways of signing in are called."""

from flask_babel import lazy_gettext

LABELS: dict[str, str] = {
    "password": lazy_gettext("password"),
    "totp": lazy_gettext("password and authenticator app"),
    "recovery": lazy_gettext("password and recovery code"),
    "passkey": lazy_gettext("passkey"),
}


def method_label(method: str) -> str:
    """How somebody signed in; a way that is not known here goes as it is stored."""
    return str(LABELS.get(method, method))
