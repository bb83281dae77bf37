"""Work that is done behind the pages; the only room that knows the queue."""

from backoffice.work.cancelling import cancel
from backoffice.work.engine import go_on, permission_of
from backoffice.work.jobs import Job, is_big, perform, register
from backoffice.work.lease import due
from backoffice.work.left_out import note_left_out, reason_words
from backoffice.work.queue import app_queue, call, open_queue
from backoffice.work.subjects import Subject, add_subject, subject_of
from backoffice.work.worker import Duty, IsStopping, every_hour, serve

__all__ = [
    "Duty", "IsStopping", "Job", "Subject", "add_subject", "app_queue", "call", "cancel", "due",
    "every_hour", "go_on", "is_big", "note_left_out", "open_queue", "perform", "permission_of",
    "reason_words", "register", "serve", "subject_of",
]  # fmt: skip
