"""Deleting the rows of a selection: what it would do, and doing it, all or nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.bulk.effects import Effect, Fate, effects_of, flat
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import delete_rows, lock_rows, operation, rows_by_key, update_rows, with_keys
from backoffice.models import Operation, Selection
from backoffice.models.keys import key_column

ROWS_A_CHUNK = 1000

# Which of these keys may not be deleted, and why, asked again inside the transaction.
Protect = Callable[[Session, Collection[Any]], Mapping[Any, str]]


@dataclass(frozen=True)
class Deletion:
    """Deleting the rows of `table` with these keys, and those of the references named in `along`."""

    table: Table
    keys: Sequence[Any]
    protect: Protect
    along: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Preview:
    """What a deletion would do now: to which rows, without which, and to what refers to them."""

    keys: tuple[Any, ...]
    missing: int
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


@dataclass
class Report:
    """What a deletion did. The effects in `settled` count the rows that really changed."""

    operation_id: int
    deleted: int = 0
    settled: list[Effect] = field(default_factory=list)
    missing: int = 0
    left_out: Mapping[Any, str] = field(default_factory=dict)


def preview(session: Session, deletion: Deletion) -> Preview:
    """What `deletion` would do now. Nothing is changed."""
    column = key_column(deletion.table)
    there = set(session.scalars(select(column).where(column.in_(deletion.keys))))
    left_out = deletion.protect(session, there)
    keys = tuple(key for key in deletion.keys if key in there and key not in left_out)
    effects = effects_of(session.connection(), deletion.table, column.in_(keys), deletion.along)
    return Preview(keys, len(deletion.keys) - len(there), left_out, effects)


def delete(selection: Selection, deletion: Deletion, words: str) -> Report:
    """Delete in one transaction, recorded as one operation; the selection is used up by it.

    Raises Conflict where it was used already, where nothing is left to delete, or where the database would
    refuse; then nothing was changed.
    """
    selection_id, table = selection.id, deletion.table
    try:
        with operation(f"{table.name}:delete", table=table.name, selection=words) as act:
            session = db.session()
            _use_up(session, selection_id, act)
            rows_by_key(session, table, [(key,) for key in deletion.keys], lock=True)
            return _delete(session, deletion, preview(session, deletion), act)
    except IntegrityError as error:
        raise Conflict(
            _("The database refused: another table holds on to one of these rows. Nothing was deleted.")
        ) from error


def _use_up(session: Session, selection_id: int, act: Operation) -> None:
    used = session.connection().execute(
        update(Selection)
        .where(Selection.id == selection_id, Selection.operation_id.is_(None))
        .values(operation_id=act.id)
    )
    if used.rowcount != 1:
        raise Conflict(_("This was done already. Nothing was done twice."))


def _delete(session: Session, deletion: Deletion, effect: Preview, act: Operation) -> Report:
    if not effect.keys:
        raise Conflict(_("None of these rows can be deleted any more. Nothing was changed."))
    if effect.refused:
        raise Conflict(_("Other rows have come to refer to these. Nothing was deleted; please look again."))
    report = Report(act.id, missing=effect.missing, left_out=effect.left_out)
    _settle(session, act, effect.effects, report)
    rows = [(key,) for key in effect.keys]
    report.deleted = _delete_where(session, act, deletion.table, with_keys(deletion.table, rows))
    return report


def _settle(session: Session, act: Operation, effects: Collection[Effect], report: Report) -> None:
    """First what refers, then what it refers to: no reference is ever left hanging."""
    for effect in effects:
        _settle(session, act, effect.deeper, report)
        if effect.fate is Fate.DELETED:
            rows = _delete_where(session, act, effect.reference.table, effect.condition)
        else:
            rows = _cut_where(session, act, effect)
        report.settled.append(replace(effect, rows=rows))


def _delete_where(session: Session, act: Operation, table: Table, condition: ColumnElement[bool]) -> int:
    deleted = 0
    while keys := lock_rows(session, table, condition, most=ROWS_A_CHUNK):
        deleted += delete_rows(session, act, table, keys)
    return deleted


def _cut_where(session: Session, act: Operation, effect: Effect) -> int:
    table, column, cut = effect.reference.table, effect.reference.column, 0
    while keys := lock_rows(session, table, effect.condition, most=ROWS_A_CHUNK):
        cut += update_rows(session, act, table, keys, {column.name: None}, {column.name: None})
    return cut
