"""Work that is done behind the pages; the only room that knows the queue."""

from backoffice.work import lease
from backoffice.work.at_work import at_work_on
from backoffice.work.cancelling import cancel
from backoffice.work.engine import run_operation
from backoffice.work.jobs import ROWS_A_STEP, Job, is_big, perform, register
from backoffice.work.permission import permission_of, require_permission
from backoffice.work.queue import app_queue, call, open_queue
from backoffice.work.resuming import resume
from backoffice.work.skipped import (
    CHANGED,
    FORGOTTEN,
    GONE,
    LOCKED,
    MISSING,
    REFERRED,
    REFUSED,
    TAKEN,
    THERE,
    UNMATCHED,
    columns_in,
    columns_label,
    note_skipped,
    reason_label,
    reason_labels,
    with_columns,
)
from backoffice.work.worker import JobType, every_hour, serve

__all__ = [
    "CHANGED",
    "FORGOTTEN",
    "GONE",
    "LOCKED",
    "MISSING",
    "REFERRED",
    "REFUSED",
    "ROWS_A_STEP",
    "TAKEN",
    "THERE",
    "UNMATCHED",
    "Job",
    "JobType",
    "app_queue",
    "at_work_on",
    "call",
    "cancel",
    "columns_in",
    "columns_label",
    "every_hour",
    "is_big",
    "lease",
    "note_skipped",
    "open_queue",
    "perform",
    "permission_of",
    "reason_label",
    "reason_labels",
    "register",
    "require_permission",
    "resume",
    "run_operation",
    "serve",
    "with_columns",
]
