"""The changes of an operation, a few at a time."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.history.access import in_view, place_or_refuse
from backoffice.console.presenters import Diff, diffs_of, record_cell, record_cells
from backoffice.extensions import db
from backoffice.models import Change, Operation

CHANGES_SHOWN = 20


def described(changes: Sequence[Change]) -> list[dict[str, object]]:
    """What there is to read of each of these changes: what it did to which row, and its diff."""
    diffs = diffs_of(changes)
    nameless = [change for change in changes if _name(change, diffs[change.id]) is None]
    cells = zip(nameless, record_cells([(one.table_name, one.row_key) for one in nameless]), strict=True)
    records = {change.id: cell for change, cell in cells}
    return [
        {
            "words": _action_words(change, is_return=diffs[change.id].is_return),
            "record": records.get(change.id)
            or record_cell(change.table_name, change.row_key, _name(change, diffs[change.id])),
            "diff": diffs[change.id],
        }
        for change in changes
    ]


def _name(change: Change, diff: Diff) -> str | None:
    """What the row was called, where the change tells; else it is called what it is now."""
    return None if diff.title == f"#{change.row_key}" else diff.title


def _action_words(change: Change, *, is_return: bool) -> str:
    words = {
        "insert": _("Came back") if is_return else _("Created"),
        "update": _("Changed"),
        "delete": _("Deleted"),
    }
    return str(words.get(change.action, change.action))


def changes_of(act: Operation, after: str | None) -> Sequence[Change]:
    """The first changes after one of them, and one more where there are more."""
    place = place_or_refuse(after) or 0
    seen = select(Change).where(Change.operation_id == act.id, Change.id > place, in_view(Change.table_name))
    return db.session.scalars(seen.order_by(Change.id).limit(CHANGES_SHOWN + 1)).all()
