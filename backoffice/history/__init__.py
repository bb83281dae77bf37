"""The record of every change: who, when, what, before and after."""

from backoffice.history.actor import Actor, acting_as, current_actor
from backoffice.history.readable import readable
from backoffice.history.recording import begin_operation, install, join, operation, record
from backoffice.history.rows import Image, Images, Key, key_text, rows_by_key, rows_where, with_keys
from backoffice.history.sets import (
    among,
    delete_rows,
    is_one_of,
    lock_rows,
    stored_values,
    update_rows,
    values_of,
)
from backoffice.history.sides import Sides, images_of

__all__ = [
    "Actor", "Image", "Images", "Key", "Sides", "acting_as", "among", "begin_operation", "current_actor",
    "delete_rows", "images_of", "install", "is_one_of", "join", "key_text", "lock_rows", "operation",
    "readable", "record", "rows_by_key", "rows_where", "stored_values", "update_rows", "values_of",
    "with_keys",
]  # fmt: skip
