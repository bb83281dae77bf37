"""The record of every change: who, when, what, before and after."""

from backoffice.history.actor import Actor, acting_as, current_actor
from backoffice.history.recording import install, operation, record
from backoffice.history.rows import Image, Key, key_of, rows_by_key, rows_where, with_keys

__all__ = [
    "Actor", "Image", "Key", "acting_as", "current_actor", "install", "key_of", "operation", "record",
    "rows_by_key", "rows_where", "with_keys",
]  # fmt: skip
