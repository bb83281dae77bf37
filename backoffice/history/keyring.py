"""The keys by which the history is sealed: the present one, and those that it was sealed with before."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import current_app

PURPOSE = b"backoffice: the seals of the history, 1"


@dataclass(frozen=True)
class SealKey:
    """A key, made of a secret of which it gives nothing away; `id` tells one from another."""

    secret: str = field(repr=False)

    @cached_property
    def bytes(self) -> bytes:
        """What digests are made with."""
        return hmac.digest(self.secret.encode(), PURPOSE, "sha256")

    @cached_property
    def id(self) -> str:
        """A fingerprint, which stands beside everything that was made with it."""
        return hmac.digest(self.bytes, b"id", "sha256").hex()[:12]

    def digest(self, text: str) -> str:
        """The digest of a text, which nobody can make who has not the key."""
        return hmac.digest(self.bytes, text.encode(), "sha256").hex()


@dataclass(frozen=True)
class Keyring:
    """`current` makes the seals; `by_id` has every key that they may have been made with."""

    current: SealKey
    by_id: Mapping[str, SealKey]


def keyring() -> Keyring:
    """The keys of this application, as its settings name them."""
    settings: Mapping[str, Any] = current_app.config
    keys = [SealKey(secret) for secret in settings["HISTORY_SEAL_KEYS"]]
    return Keyring(keys[0], {key.id: key for key in keys})
