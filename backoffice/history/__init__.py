"""The record of every change: who, when, what, before and after."""

from backoffice.history.actor import Actor, acting_as, current_actor
from backoffice.history.content import contents, unhurried
from backoffice.history.keyring import keyring
from backoffice.history.recording import begin_operation, install, join, operation, record
from backoffice.history.rows import Image, Images, Key, key_text, rows_by_key, rows_where, with_keys
from backoffice.history.seals import Head, head, seal_all, seal_some
from backoffice.history.sets import among, delete_rows, is_one_of, lock_rows, stored_values, update_rows
from backoffice.history.verifying import Report, verify

__all__ = [
    "Actor", "Head", "Image", "Images", "Key", "Report", "acting_as", "among", "begin_operation", "contents",
    "current_actor", "delete_rows", "head", "install", "is_one_of", "join", "key_text", "keyring",
    "lock_rows", "operation", "record", "rows_by_key", "rows_where", "seal_all", "seal_some", "stored_values",
    "unhurried", "update_rows", "verify", "with_keys",
]  # fmt: skip
