"""Secrets that have to be read again, such as that of an authenticator app, encrypted at rest."""

import base64
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from backoffice.clock import timestamp

PURPOSE = b"backoffice: the keys of second factors, 1"


def encrypt(secret: str) -> str:
    """The secret, encrypted with a key that is derived from SECRET_KEY."""
    return _keys().encrypt_at_time(secret.encode(), int(timestamp())).decode("ascii")


def decrypt(encrypted: str, within: timedelta | None = None) -> str | None:
    """The secret again; None where neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS encrypted it.

    Or where it was encrypted longer ago than `within`.
    """
    token, now = encrypted.encode(), int(timestamp())
    try:
        if within is None:
            return _keys().decrypt(token).decode()
        return _keys().decrypt_at_time(token, int(within.total_seconds()), now).decode()
    except InvalidToken:
        return None


def is_outdated(encrypted: str) -> bool:
    """Whether it was encrypted with another key than the present one."""
    try:
        _key(current_app.config["SECRET_KEY"]).decrypt(encrypted.encode())
    except InvalidToken:
        return True
    return False


def rotate(encrypted: str) -> str | None:
    """The same secret, encrypted with the present key; None where it cannot be read."""
    try:
        return _keys().rotate(encrypted.encode()).decode("ascii")
    except InvalidToken:
        return None


def _keys() -> MultiFernet:
    settings = current_app.config
    return MultiFernet(
        [_key(secret) for secret in (settings["SECRET_KEY"], *settings["SECRET_KEY_FALLBACKS"])]
    )


def _key(secret: str) -> Fernet:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derivation.derive(secret.encode())))
