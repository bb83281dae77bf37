"""How far an operation has come, in numbers and in words."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_decimal, format_percent, format_timedelta, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.clock import utcnow
from backoffice.console.presenters.reports import skipped_rows
from backoffice.database import is_read_only
from backoffice.database_errors import Reason, fault_message
from backoffice.extensions import db
from backoffice.models import Operation

# A worker that is there has seen within this time that there is something to do.
PATIENCE = timedelta(seconds=10)
# Of less than this nobody can say how fast it goes.
MEASURED_SECONDS = 1.0


# One that has not come to the end of a chunk for so long may be held up by what it could not even note.
STALLED = timedelta(seconds=3)


@dataclass(frozen=True)
class Progress:
    """`done` rows of `expected`; the words are empty where there is nothing to say.

    Where it `waits` for something, it can be asked to go on now.
    """

    done: int
    expected: int
    percent: str
    rows: str
    pace: str
    left: str
    note: str
    waits: bool


def progress_of(act: Operation) -> Progress:
    """How far it is now."""
    done, expected = _done(act), max(act.expected_rows, 1)
    speed = _speed(act, done)
    return Progress(
        done,
        expected,
        # Rounded down: it is not all until it is.
        percent=format_percent(int(100 * done / expected) / 100),
        rows=_("%(done)s of %(rows)s", done=format_decimal(done), rows=_rows(act.expected_rows)),
        pace=_("%(rows)s a second", rows=_rows(round(speed))) if speed >= 1 else "",
        left=_left((act.expected_rows - done) / speed) if speed and not act.cancel_at else "",
        note=_note(act),
        waits=act.waits_for is not None and act.cancel_at is None,
    )


def _done(act: Operation) -> int:
    """The rows that were changed, or looked at and left: of an edit, those that had the values already."""
    done = act.changed_rows + skipped_rows(act)
    if act.kind.endswith(":edit"):
        done = max(done, act.position)
    return min(done, act.expected_rows)


def _speed(act: Operation, done: int) -> float:
    """Rows a second, since it was begun."""
    if act.began_at is None or act.heartbeat_at is None:
        return 0.0
    seconds = (act.heartbeat_at - act.began_at).total_seconds()
    return done / seconds if seconds >= MEASURED_SECONDS else 0.0


def _left(seconds: float) -> str:
    return str(_("about %(time)s left", time=format_timedelta(timedelta(seconds=max(1, round(seconds))))))


def _note(act: Operation) -> str:
    """What there is to know: what it waits for, and whether anybody is at it."""
    if act.cancel_at is not None:
        return str(_("It stops at the end of what is being done now."))
    reason = act.waits_for or _unnoted_reason(act)
    if reason is not None:
        ending = _("It goes on by itself as soon as it can.")
        return f"{fault_message(reason)} {ending}"
    waiting_since = act.lease_until
    if waiting_since is None or waiting_since >= utcnow():
        return ""
    if waiting_since > utcnow() - PATIENCE:
        return str(_("Waiting for a worker."))
    if _others_are_at_work():
        return str(_("Waiting for a worker: all of them are busy with other operations."))
    return str(_("No worker is running: start one with “manage.py worker”. Nothing is lost until then."))


def _unnoted_reason(act: Operation) -> str | None:
    """What a database that takes no changes cannot be told either."""
    is_stalled = act.heartbeat_at is not None and act.heartbeat_at < utcnow() - STALLED
    return Reason.READ_ONLY if is_stalled and is_read_only(db.session) else None


def _others_are_at_work() -> bool:
    return (
        db.session.scalar(select(Operation.id).where(Operation.lease_until > utcnow()).limit(1)) is not None
    )


def _rows(rows: int) -> str:
    return str(ngettext("%(number)s row", "%(number)s rows", rows, number=format_decimal(rows)))
