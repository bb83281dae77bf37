"""The record of every change: who, when, what, before and after."""

from backoffice.history.actor import Actor, acting_as, current_actor
from backoffice.history.before_after import BeforeAfter, snapshots_of
from backoffice.history.change_records import (
    ChangeRecord,
    change_records,
    changed_table,
    key_in,
    rows_there,
    rows_unchanged,
    span_of_changes,
    updated_columns,
)
from backoffice.history.constraint_check import is_orphaned, is_taken, rows_as, rows_orphaned, rows_taken
from backoffice.history.content import (
    CHANGES,
    FORGETTINGS,
    FORMAT,
    OPERATIONS,
    Digesting,
    contents,
    unhurried,
)
from backoffice.history.facts import about_list, about_row, about_rows, about_undone
from backoffice.history.keyring import keyring
from backoffice.history.last_known import LastKnown, last_known
from backoffice.history.latest import changes_of_row, who_deleted, who_set
from backoffice.history.readable import readable
from backoffice.history.recording import begin_operation, install, is_recorded, join, operation, record
from backoffice.history.reversal import remove_rows, restore_rows, revert_rows
from backoffice.history.rows import Key, Snapshots, key_text, rows_by_key, rows_where, with_keys
from backoffice.history.seals import Checkpoint, checkpoint, seal_all, seal_some
from backoffice.history.sets import (
    among,
    delete_all_rows,
    delete_rows,
    is_one_of,
    lock_keys,
    lock_rows,
    stored_values,
    update_rows,
    values_of,
)
from backoffice.history.snapshots import Snapshot
from backoffice.history.submissions import (
    Earlier,
    SentForm,
    claim,
    find_submission,
    forget_old_submissions,
    install_claims,
    keep_answer,
    submitting,
)
from backoffice.history.verification import Report, verify
from backoffice.models import Facts

__all__ = [
    "CHANGES",
    "FORGETTINGS",
    "FORMAT",
    "OPERATIONS",
    "Actor",
    "BeforeAfter",
    "ChangeRecord",
    "Checkpoint",
    "Digesting",
    "Earlier",
    "Facts",
    "Key",
    "LastKnown",
    "Report",
    "SentForm",
    "Snapshot",
    "Snapshots",
    "about_list",
    "about_row",
    "about_rows",
    "about_undone",
    "acting_as",
    "among",
    "begin_operation",
    "change_records",
    "changed_table",
    "changes_of_row",
    "checkpoint",
    "claim",
    "contents",
    "current_actor",
    "delete_all_rows",
    "delete_rows",
    "find_submission",
    "forget_old_submissions",
    "install",
    "install_claims",
    "is_one_of",
    "is_orphaned",
    "is_recorded",
    "is_taken",
    "join",
    "keep_answer",
    "key_in",
    "key_text",
    "keyring",
    "last_known",
    "lock_keys",
    "lock_rows",
    "operation",
    "readable",
    "record",
    "remove_rows",
    "restore_rows",
    "revert_rows",
    "rows_as",
    "rows_by_key",
    "rows_orphaned",
    "rows_taken",
    "rows_there",
    "rows_unchanged",
    "rows_where",
    "seal_all",
    "seal_some",
    "snapshots_of",
    "span_of_changes",
    "stored_values",
    "submitting",
    "unhurried",
    "update_rows",
    "updated_columns",
    "values_of",
    "verify",
    "who_deleted",
    "who_set",
    "with_keys",
]
