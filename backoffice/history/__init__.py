"""The record of every change: who, when, what, before and after."""

from backoffice.history.actor import Actor, acting_as, current_actor
from backoffice.history.recording import install, operation, record
from backoffice.history.rows import Image, Images, Key, key_text, rows_by_key, rows_where, with_keys
from backoffice.history.sets import delete_rows, lock_rows, stored_values, update_rows

__all__ = [
    "Actor", "Image", "Images", "Key", "acting_as", "current_actor", "delete_rows", "install", "key_text",
    "lock_rows", "operation", "record", "rows_by_key", "rows_where", "stored_values", "update_rows",
    "with_keys",
]  # fmt: skip
