"""Deleting the rows of a selection: what it would do, and doing it, by one request or by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Column, ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.bulk.about import about_selection
from backoffice.bulk.deletion_job import DeletionJob, nothing_left
from backoffice.bulk.effects import DeleteAction, Effect, effects_of, flat
from backoffice.bulk.selections import SavedQuery, chosen_at, saved_query_of, skipped_in, use_up
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.models import Operation, RowKey, Selection, key_column
from backoffice.registry import registry
from backoffice.statement_timeouts import TimedOut, budget
from backoffice.work import CHANGED, MISSING, is_big, perform, register

VERB = "delete"
# Of a selection that is still being read, the number is counted as long as a page may take.
COUNTING_SECONDS = 2.0
ROWS_SHOWN = 10


@dataclass(frozen=True)
class Preview:
    """What a deletion would do now: to how many rows, without which, and to what refers to them.

    `rows` is how many there are, or more where that is not `exact`; `keys` are the first of them. Nothing can
    be confirmed before they are all known, which is when `is_frozen`.
    """

    keys: tuple[RowKey, ...]
    rows: int
    exact: bool
    is_frozen: bool
    skipped: Mapping[RowKey, str]
    effects: tuple[Effect, ...]

    @property
    def refused(self) -> list[Effect]:
        """The effects for which the database would refuse the whole."""
        return [effect for effect in flat(self.effects) if effect.on_delete is DeleteAction.REFUSED]

    @property
    def all_effects(self) -> list[Effect]:
        """The effects on other tables, those of what is deleted along too."""
        return list(flat(self.effects))

    def deletes_more_than(self, most: int) -> bool:
        """Whether more rows than these go, those that go along too, or nobody knows how many."""
        cascade = [effect for effect in self.all_effects if effect.on_delete is DeleteAction.DELETED]
        known = self.exact and all(effect.exact for effect in cascade)
        return not known or self.rows + sum(effect.rows for effect in cascade) > most

    @property
    def is_big(self) -> bool:
        """Whether it is work for a worker: more rows are changed than a request should, or nobody knows."""
        known = all(effect.exact for effect in self.all_effects)
        return not known or is_big(self.rows + sum(effect.rows for effect in self.all_effects))


def preview(session: Session, selection: Selection, cascade: Sequence[str] = ()) -> Preview:
    """What deleting a selection would do now. Nothing is changed."""
    matching = saved_query_of(selection)
    if matching is None:
        return _preview_of_ticked(session, selection, cascade)
    return _preview_of_matching(session, selection, matching, cascade)


def _preview_of_ticked(session: Session, selection: Selection, cascade: Sequence[str]) -> Preview:
    target = registry().target_of(selection.table_name)
    chosen = chosen_at(session, selection.id, 0, selection.rows)
    column = key_column(target.table)
    there = set(session.scalars(select(column).where(column.in_(chosen.keys))))
    skipped = {key: MISSING for key in chosen.keys if key not in there}
    skipped |= target.protect(session, there)
    shown = {key: chosen.versions[str(key)] for key in there if str(key) in chosen.versions}
    skipped |= dict.fromkeys(target.changed(shown) if shown else (), CHANGED)
    keys = tuple(key for key in chosen.keys if key not in skipped)
    effects = effects_of(session, target.table, column.in_(keys), cascade)
    return Preview(keys[:ROWS_SHOWN], len(keys), True, True, skipped, effects)


def _preview_of_matching(
    session: Session, selection: Selection, matching: SavedQuery, cascade: Sequence[str]
) -> Preview:
    target = registry().target_of(selection.table_name)
    conditions = matching.conditions(session, target)
    column, is_frozen = key_column(target.table), selection.frozen_at is not None
    rows, exact = (selection.rows, True) if is_frozen else _count(session, selection, column, conditions)
    keys = chosen_at(session, selection.id, 0, ROWS_SHOWN).keys or _first(session, column, conditions)
    matches = column.in_(select(column).where(*conditions)) if conditions else column.is_not(None)
    effects = effects_of(session, target.table, matches, cascade)
    return Preview(tuple(keys), rows, exact, is_frozen, skipped_in(selection), effects)


def _first(
    session: Session, column: Column[RowKey], conditions: Sequence[ColumnElement[bool]]
) -> Sequence[RowKey]:
    """The first that match, to be shown; none where they are not found soon."""
    first = select(column).where(*conditions).order_by(column).limit(ROWS_SHOWN)
    try:
        with budget(session, COUNTING_SECONDS):
            return session.scalars(first).all()
    except TimedOut:
        return []


def _count(
    session: Session, selection: Selection, column: Column[RowKey], conditions: Sequence[ColumnElement[bool]]
) -> tuple[int, bool]:
    """How many match, and whether that is all: counted, or else as many as were read so far."""
    matching = select(func.count()).select_from(select(column).where(*conditions).subquery())
    try:
        with budget(session, COUNTING_SECONDS):
            return session.connection().scalar(matching) or 0, True
    except TimedOut:
        return selection.rows, False


def delete(selection: Selection, cascade: Sequence[str], known: Preview | None = None) -> Operation:
    """Delete a selection, recorded as one operation, which uses it up; big work is left to a worker.

    `cascade` names the references whose rows are deleted too; `known` is the preview of this, if one was made
    just now. What has come since is found when the rows are locked. Raises Conflict where it was used
    already, where nothing is left to delete, or where the database would refuse; then nothing was changed.
    """
    session, selection_id, table = db.session(), selection.id, selection.table_name
    known = known or preview(session, selection, cascade)
    if not known.is_frozen:
        raise Conflict(_("The rows are still being read. Please wait until their number is known."))
    if not known.rows:
        raise nothing_left(None)
    if known.refused:
        raise Conflict(_("Other rows have come to refer to these. Nothing was deleted; please look again."))
    fates = {effect.reference.name: effect.on_delete for effect in known.all_effects}
    try:
        return perform(
            f"{table}:{VERB}",
            table=table,
            facts=about_selection(selection, known.rows, known.keys),
            plan={"selection": selection_id, "fates": fates, "acts": _acts(known)},
            expected=known.rows + sum(effect.rows for effect in known.all_effects),
            administrator_id=selection.administrator_id,
            background=known.is_big,
            begin=lambda session, act: use_up(session, selection_id, act),
        )
    except IntegrityError as error:
        raise Conflict(
            _("The database refused: another table holds on to one of these rows. Nothing was deleted.")
        ) from error


def _acts(known: Preview) -> dict[str, str]:
    """What is done to rows of other tables; who of the console's own may go is asked row by row."""
    settled = [(effect.reference.table.name, effect.on_delete) for effect in known.all_effects]
    acts = {table: "edit" for table, on_delete in settled if on_delete is DeleteAction.CUT}
    acts |= {table: "delete" for table, on_delete in settled if on_delete is DeleteAction.DELETED}
    return {table: what for table, what in acts.items() if not table.startswith("backoffice_")}


register(VERB, DeletionJob)
