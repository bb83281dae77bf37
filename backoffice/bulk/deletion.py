"""Deleting the rows of a selection: what it would do, and doing it, by one request or by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.bulk.effects import Effect, Fate, effects_of, flat
from backoffice.bulk.selections import Matching, chosen_at, left_out_of, matching_of, use_up
from backoffice.bulk.targets import Targets
from backoffice.database import OverBudget, budget
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import Key, among, delete_rows, is_one_of, lock_rows, update_rows
from backoffice.models import Operation, Selection
from backoffice.models.keys import key_column
from backoffice.models.references import Reference, references_to
from backoffice.work import is_big, note_left_out, perform, register, subject_of
from backoffice.work.left_out import CHANGED, MISSING, REFERRED

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

    keys: tuple[Any, ...]
    rows: int
    exact: bool
    is_frozen: bool
    left_out: Mapping[Any, str]
    effects: tuple[Effect, ...]

    @property
    def refused(self) -> list[Effect]:
        """The effects for which the database would refuse the whole."""
        return [effect for effect in flat(self.effects) if effect.fate is Fate.REFUSED]

    @property
    def all_effects(self) -> list[Effect]:
        """The effects on other tables, those of what is deleted along too."""
        return list(flat(self.effects))

    @property
    def is_big(self) -> bool:
        """Whether it is work for a worker: more rows are changed than a request should, or nobody knows."""
        known = all(effect.exact for effect in self.all_effects)
        return not known or is_big(self.rows + sum(effect.rows for effect in self.all_effects))


def preview(session: Session, selection: Selection, along: Sequence[str] = ()) -> Preview:
    """What deleting a selection would do now. Nothing is changed."""
    matching = matching_of(selection)
    if matching is None:
        return _preview_of_ticked(session, selection, along)
    return _preview_of_matching(session, selection, matching, along)


def _preview_of_ticked(session: Session, selection: Selection, along: Sequence[str]) -> Preview:
    subject = subject_of(selection.table_name)
    chosen = chosen_at(session, selection.id, 0, selection.rows)
    column = key_column(subject.table)
    there = set(session.scalars(select(column).where(column.in_(chosen.keys))))
    left_out = {key: MISSING for key in chosen.keys if key not in there}
    left_out |= subject.protect(session, there)
    shown = {key: chosen.versions[str(key)] for key in there if str(key) in chosen.versions}
    left_out |= dict.fromkeys(subject.changed(shown) if shown else (), CHANGED)
    keys = tuple(key for key in chosen.keys if key not in left_out)
    effects = effects_of(session, subject.table, column.in_(keys), along)
    return Preview(keys[:ROWS_SHOWN], len(keys), True, True, left_out, effects)


def _preview_of_matching(
    session: Session, selection: Selection, matching: Matching, along: Sequence[str]
) -> Preview:
    subject = subject_of(selection.table_name)
    conditions = matching.conditions(session, subject)
    column, is_frozen = key_column(subject.table), selection.frozen_at is not None
    rows, exact = (selection.rows, True) if is_frozen else _count(session, selection, column, conditions)
    first = select(column).where(*conditions).order_by(column).limit(ROWS_SHOWN)
    keys = chosen_at(session, selection.id, 0, ROWS_SHOWN).keys or session.scalars(first).all()
    matches = column.in_(select(column).where(*conditions)) if conditions else column.is_not(None)
    effects = effects_of(session, subject.table, matches, along)
    return Preview(tuple(keys), rows, exact, is_frozen, left_out_of(selection), effects)


def _count(
    session: Session, selection: Selection, column: Any, conditions: Sequence[ColumnElement[bool]]
) -> tuple[int, bool]:
    """How many match, and whether that is all: counted, or else as many as were read so far."""
    matching = select(func.count()).select_from(select(column).where(*conditions).subquery())
    try:
        with budget(session, COUNTING_SECONDS):
            return session.connection().scalar(matching) or 0, True
    except OverBudget:
        return selection.rows, False


def delete(selection: Selection, along: Sequence[str], words: str) -> Operation:
    """Delete a selection, recorded as one operation, which uses it up; big work is left to a worker.

    `along` names the references whose rows are deleted too. Raises Conflict where it was used already, where
    nothing is left to delete, or where the database would refuse; then nothing was changed.
    """
    session, selection_id, table = db.session(), selection.id, selection.table_name
    known = preview(session, selection, along)
    if not known.is_frozen:
        raise Conflict(_("The rows are still being read. Please wait until their number is known."))
    if not known.rows:
        raise _nothing_left(None)
    if known.refused:
        raise Conflict(_("Other rows have come to refer to these. Nothing was deleted; please look again."))
    fates = {effect.reference.name: effect.fate for effect in known.all_effects}
    try:
        return perform(
            f"{table}:{VERB}",
            table=table,
            words=words,
            plan={"selection": selection_id, "fates": fates},
            expected=known.rows + sum(effect.rows for effect in known.all_effects),
            administrator_id=selection.administrator_id,
            background=known.is_big,
            begin=lambda session, act: use_up(session, selection_id, act),
        )
    except IntegrityError as error:
        raise Conflict(
            _("The database refused: another table holds on to one of these rows. Nothing was deleted.")
        ) from error


def _nothing_left(act: Operation | None) -> Conflict:
    if act is not None and set((act.report or {}).get("left_out", ())) == {CHANGED}:
        return Conflict(_("This was changed meanwhile. Nothing was deleted; please look again."))
    return Conflict(_("None of these rows can be deleted any more. Nothing was changed."))


class DeletionJob:
    """First what refers to the rows, in as many steps as that takes, then the rows themselves."""

    def __init__(self, act: Operation) -> None:
        self._fates: dict[str, str] = (act.plan or {})["fates"]
        self._references: dict[str, list[Reference]] = {}

    def step(self, session: Session, act: Operation, most: int) -> bool:
        targets = Targets(session, act)
        chunk = targets.chunk(act.position, most)
        if not chunk.size:
            if not act.changed_rows:
                raise _nothing_left(act)
            return True
        referred = self._still_referred(session, targets.table, chunk.keys)
        keys = [key for key in chunk.keys if key[0] not in referred]
        if self._settle(session, act, targets.table, keys, most):
            return False
        delete_rows(session, act, targets.table, keys)
        note_left_out(act, targets.table, {**chunk.left_out, **referred})
        act.position = chunk.next
        return False

    def _still_referred(self, session: Session, table: Table, keys: Sequence[Key]) -> dict[Any, str]:
        """Those that rows refer to by a reference which nobody spoke of when this was confirmed."""
        column = key_column(table)
        referred: dict[Any, str] = {}
        for reference in self._references_to(session, table):
            if keys and reference.name not in self._fates:
                held = select(column).where(
                    among(session, table, keys), reference.target.in_(select(reference.column))
                )
                referred |= dict.fromkeys(session.scalars(held), REFERRED)
        return referred

    def _settle(self, session: Session, act: Operation, table: Table, keys: Sequence[Key], most: int) -> bool:
        """Cut or delete some of what refers to these rows; whether there was any, and so may be more."""
        for reference in self._references_to(session, table) if keys else ():
            fate = self._fates.get(reference.name)
            if fate is None:
                continue
            referring = lock_rows(
                session, reference.table, self._refer_to(session, reference, keys), most=most
            )
            if not referring:
                continue
            if fate == Fate.CUT:
                cut = {reference.column.name: None}
                self._note(act, reference, fate, update_rows(session, act, reference.table, referring, cut))
            elif not self._settle(session, act, reference.table, referring, most):
                self._note(act, reference, fate, delete_rows(session, act, reference.table, referring))
            return True
        return False

    def _refer_to(self, session: Session, reference: Reference, keys: Sequence[Key]) -> ColumnElement[bool]:
        table = reference.target.table
        if [reference.target] == list(table.primary_key):
            return is_one_of(reference.column, [key[0] for key in keys], session.connection().dialect.name)
        condition: ColumnElement[bool] = reference.column.in_(
            select(reference.target).where(among(session, table, keys))
        )
        return condition

    def _references_to(self, session: Session, table: Table) -> list[Reference]:
        if table.name not in self._references:
            self._references[table.name] = references_to(session.connection(), table)
        return self._references[table.name]

    def _note(self, act: Operation, reference: Reference, fate: str, rows: int) -> None:
        effects = {name: (kept, number) for name, kept, number in (act.report or {}).get("effects", [])}
        effects[reference.name] = (fate, effects.get(reference.name, (fate, 0))[1] + rows)
        told = [[name, kept, number] for name, (kept, number) in effects.items()]
        act.report = {**(act.report or {}), "effects": told}


register(VERB, DeletionJob)
