"""Giving the rows of a selection the same values: what it would do, and doing it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Table
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from backoffice.bulk.selections import chosen_at, use_up
from backoffice.bulk.targets import Targets
from backoffice.exceptions import Conflict, Invalid
from backoffice.extensions import db
from backoffice.history import Image, stored_values, update_rows
from backoffice.models import Operation, Selection
from backoffice.work import is_big, note_left_out, perform, register, subject_of

VERB = "edit"


def edit(selection: Selection, values: Mapping[str, Any], words: str) -> Operation:
    """Give the rows of a selection these values, by column; recorded as one operation, which uses it up.

    Big work is left to a worker. Raises Conflict where the selection was used already or nothing is left of
    it, Invalid where the database cannot hold a value; then nothing was changed.
    """
    if selection.frozen_at is None:
        raise Conflict(_("The rows are still being read. Please wait until their number is known."))
    session, selection_id, table = db.session(), selection.id, subject_of(selection.table_name).table
    try:
        after = _as_stored(session, selection, table, values)
        return perform(
            f"{table.name}:{VERB}",
            table=table.name,
            words=words,
            plan={"selection": selection_id, "values": after},
            expected=selection.rows,
            administrator_id=selection.administrator_id,
            background=is_big(selection.rows),
            begin=lambda session, act: use_up(session, selection_id, act),
        )
    except DataError as error:
        raise Invalid(
            _("The database cannot hold one of these values: it is too long or too large.")
        ) from error
    except IntegrityError as error:
        raise Conflict(_("The database refused this: a value breaks a rule of the table.")) from error


def _as_stored(session: Session, selection: Selection, table: Table, values: Mapping[str, Any]) -> Image:
    """The values as the rows will have them, tried on the first row that is still there."""
    chosen = chosen_at(session, selection.id, 0, selection.rows)
    for key in chosen.keys:
        stored = stored_values(session, table, (key,), values)
        if stored is not None:
            return stored
    raise _nothing_left()


def _nothing_left() -> Conflict:
    return Conflict(_("None of these rows can be changed any more. Nothing was changed."))


class EditingJob:
    """The same values for one chunk after the other."""

    def __init__(self, act: Operation) -> None:
        self._values: Image = (act.plan or {})["values"]

    def step(self, session: Session, act: Operation, most: int) -> bool:
        """See `work.Job`."""
        targets = Targets(session, act)
        chunk = targets.chunk(act.position, most)
        if not chunk.size:
            return True
        update_rows(session, act, targets.table, chunk.keys, self._values)
        note_left_out(act, targets.table, chunk.left_out)
        act.position = chunk.next
        return False


register(VERB, EditingJob)
