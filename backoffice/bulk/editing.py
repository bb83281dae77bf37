"""Giving the rows of a selection the same values: what it would do, and doing it."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import Table, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from backoffice.bulk.about import about_selection
from backoffice.bulk.selections import chosen_at, use_up
from backoffice.bulk.targets import Targets
from backoffice.database import transaction, with_retries
from backoffice.exceptions import Conflict, Invalid
from backoffice.extensions import db
from backoffice.history import Facts, Snapshot, among, stored_values, update_rows
from backoffice.models import Operation, RowKey, Selection, key_column
from backoffice.registry import registry
from backoffice.work import is_big, note_skipped, perform, register

VERB = "edit"
KEYS_A_LOOK = 1_000


def edit(selection: Selection, values: Mapping[str, object]) -> Operation:
    """Give the rows of a selection these values, by column; recorded as one operation, which uses it up.

    Big work is left to a worker. Raises Conflict where the selection was used already or nothing is left of
    it, Invalid where the database cannot hold a value; then nothing was changed.
    """
    if selection.frozen_at is None:
        raise Conflict(_("The rows are still being read. Please wait until their number is known."))
    selection_id, table = selection.id, registry().target_of(selection.table_name).table
    expected, administrator_id = selection.rows, selection.administrator_id
    first = chosen_at(db.session(), selection_id, 0, 1).keys
    facts: Facts = {**about_selection(selection, expected, first), "columns": list(values)}
    try:
        after = with_retries(lambda: _as_stored(selection_id, table, values))
        return perform(
            f"{table.name}:{VERB}",
            table=table.name,
            facts=facts,
            plan={"selection": selection_id, "values": after},
            expected=expected,
            administrator_id=administrator_id,
            background=is_big(expected),
            begin=lambda session, act: use_up(session, selection_id, act),
        )
    except DataError as error:
        raise Invalid(
            _("The database cannot hold one of these values: it is too long or too large.")
        ) from error
    except IntegrityError as error:
        raise Conflict(_("The database refused this: a value breaks a rule of the table.")) from error


def _as_stored(selection_id: int, table: Table, values: Mapping[str, object]) -> Snapshot:
    """The values as the rows will have them, tried on the first row that is still there."""
    session = db.session()
    with transaction(session):
        key = _first_there(session, selection_id, table)
        stored = stored_values(session, table, (key,), values) if key is not None else None
    if stored is None:
        raise _nothing_left()
    return stored


def _first_there(session: Session, selection_id: int, table: Table) -> RowKey | None:
    column, position = key_column(table), 0
    while (chosen := chosen_at(session, selection_id, position, KEYS_A_LOOK)).keys:
        there = among(session, table, [(key,) for key in chosen.keys])
        found: RowKey | None = session.scalar(select(column).where(there).limit(1))
        if found is not None:
            return found
        position = chosen.next
    return None


def _nothing_left() -> Conflict:
    return Conflict(_("None of these rows can be changed any more. Nothing was changed."))


class EditingJob:
    """The same values for one chunk after the other."""

    def __init__(self, act: Operation) -> None:
        self._values: Snapshot = (act.plan or {})["values"]

    def step(self, session: Session, act: Operation, most: int) -> bool:
        """See `work.Job`."""
        targets = Targets(session, act)
        chunk = targets.locked(targets.chunk(act.position, most))
        if not chunk.size:
            return True
        update_rows(session, act, targets.table, chunk.keys, self._values)
        note_skipped(act, targets.table, chunk.skipped)
        act.position = chunk.next
        return False


register(VERB, EditingJob)
