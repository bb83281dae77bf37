"""Keyed digests, by which something that was shown is known again, and by which nothing can be found out."""

import hashlib
import hmac
from functools import cache

from flask import current_app


def digest(*parts: object) -> str:
    """The digest of these values, which have to tell themselves apart by their `repr`."""
    return _digest(parts, current_app.config["WTF_CSRF_SECRET_KEY"][-1])


def is_digest_of(text: str, *parts: object) -> bool:
    """Whether `text` is their digest, made with the present key or with an older one that still counts."""
    # The newest key first: a page that was open when the key changed knows an older one.
    secrets = reversed(current_app.config["WTF_CSRF_SECRET_KEY"])
    return any(hmac.compare_digest(text.encode(), _digest(parts, secret).encode()) for secret in secrets)


def _digest(parts: tuple[object, ...], secret: str) -> str:
    text = repr(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, key=_key_of(secret), digest_size=8).hexdigest()


@cache  # a list has hundreds of rows
def _key_of(secret: str) -> bytes:
    return hashlib.sha256(f"version:{secret}".encode()).digest()
