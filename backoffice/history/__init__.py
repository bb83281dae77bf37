"""The record of every change: who, when, what, before and after."""

from backoffice.history.actor import Actor, acting_as, current_actor
from backoffice.history.breaking import rows_orphaned, rows_taken
from backoffice.history.recorded import (
    Recorded,
    key_in,
    recorded_changes,
    rows_there,
    rows_unchanged,
    table_called,
    updated_columns,
)
from backoffice.history.recording import begin_operation, install, join, operation, record
from backoffice.history.reversal import remove_rows, restore_rows, revert_rows
from backoffice.history.rows import Image, Images, Key, key_text, rows_by_key, rows_where, with_keys
from backoffice.history.sets import (
    among,
    delete_all_rows,
    delete_rows,
    is_one_of,
    lock_keys,
    lock_rows,
    stored_values,
    update_rows,
)

__all__ = [
    "Actor", "Image", "Images", "Key", "Recorded", "acting_as", "among", "begin_operation", "current_actor",
    "delete_all_rows", "delete_rows", "install", "is_one_of", "join", "key_in", "key_text", "lock_keys",
    "lock_rows", "operation", "record", "recorded_changes", "remove_rows", "restore_rows", "revert_rows",
    "rows_by_key", "rows_orphaned", "rows_taken", "rows_there", "rows_unchanged", "rows_where",
    "stored_values", "table_called", "update_rows", "updated_columns", "with_keys",
]  # fmt: skip
