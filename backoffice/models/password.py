"""Passwords as bcrypt hashes, and nothing else."""

import base64
import hashlib
import hmac
import re

from flask import current_app

from backoffice.extensions import bcrypt

# bcrypt reads no further than this; what is longer goes through a digest first.
BCRYPT_BYTES = 72
# A longer input is refused before any work is done for it.
LONGEST_PASSWORD_BYTES = 4096

_DIGEST_KEY = b"backoffice: passwords longer than bcrypt reads"
# The salt's last character carries two bits only; bcrypt itself raises where it claims more.
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}", re.ASCII)


def hash_password(password: str) -> str:
    """Hash `password` with bcrypt at the cost of `BCRYPT_LOG_ROUNDS`.

    Up to 72 bytes of UTF-8 it is plain bcrypt, as other applications make it. Raises ValueError for a
    password that is not text that UTF-8 can hold, or longer than `LONGEST_PASSWORD_BYTES`.
    """
    hashed: bytes = bcrypt.generate_password_hash(_input(password))
    return hashed.decode("ascii")


def is_hashable(password: str) -> bool:
    """Whether this is text that UTF-8 can hold, and not too long."""
    try:
        _input(password)
    except ValueError:
        return False
    return True


def verify_password(password: str, hashed: str | None) -> bool:
    """Whether `hashed` is a bcrypt hash of `password`; False for every hash that is not bcrypt."""
    if not is_bcrypt(hashed):
        return False
    try:
        return bool(bcrypt.check_password_hash(hashed, _input(password)))
    except ValueError:
        return False


def is_bcrypt(hashed: str | None) -> bool:
    """Whether this is a well-formed bcrypt hash."""
    return hashed is not None and _BCRYPT.fullmatch(hashed) is not None


def is_foreign(hashed: str | None) -> bool:
    """Whether there is a hash, made by another application with another scheme."""
    return bool(hashed) and not is_bcrypt(hashed)


def needs_renewal(hashed: str) -> bool:
    """Whether this bcrypt hash was made at a lower cost than is set now."""
    return int(hashed[4:6]) < int(current_app.config["BCRYPT_LOG_ROUNDS"])


def _input(password: str) -> bytes:
    """The bytes that bcrypt is given: the password itself, or a digest of all of a long one."""
    raw = password.encode("utf-8")
    if len(raw) > LONGEST_PASSWORD_BYTES:
        raise ValueError("This password is too long.")
    if len(raw) <= BCRYPT_BYTES and b"\0" not in raw:
        return raw
    return base64.b64encode(hmac.digest(_DIGEST_KEY, raw, hashlib.sha384))
