"""Deleting the rows of a selection, a chunk at a time, with what is to become of those that refer to them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from backoffice.bulk.effects import DeleteAction
from backoffice.bulk.targets import Chunk, Targets
from backoffice.exceptions import Conflict
from backoffice.history import Key, among, delete_all_rows, delete_rows, is_one_of, lock_rows, update_rows
from backoffice.models import Operation, Reference, RowKey, references_to
from backoffice.reasons import CHANGED_MEANWHILE, NOTHING_TO_DELETE, because
from backoffice.work import CHANGED, LOCKED, REFERRED, note_skipped


def nothing_left(act: Operation | None) -> Conflict:
    if act is not None and set((act.report or {}).get("left_out", ())) == {CHANGED}:
        return because(Conflict, CHANGED_MEANWHILE)
    return because(Conflict, NOTHING_TO_DELETE)


class DeletionJob:
    """First what refers to the rows, in as many steps as that takes, then the rows themselves."""

    def __init__(self, act: Operation) -> None:
        self._fates: dict[str, str] = (act.plan or {})["fates"]
        self._references: dict[str, list[Reference]] = {}
        self._is_blocked = False

    def step(self, session: Session, act: Operation, most: int) -> bool:
        targets = Targets(session, act)
        chunk = targets.chunk(act.position, most)
        if not chunk.size:
            if not act.changed_rows:
                raise nothing_left(act)
            return True
        skipped: Mapping[RowKey, str] = chunk.skipped
        if not self._delete_at_once(session, act, targets, chunk):
            chunk = targets.locked(chunk)
            # What others have come to refer to, by a reference which nobody spoke of when this was confirmed.
            stay = self._referred(session, targets.table, chunk.keys, REFERRED)
            if self._settle(session, act, targets.table, _without(chunk.keys, stay), most):
                return False
            if self._is_blocked or session.info.get("skip_locked"):
                stay |= self._referred(session, targets.table, _without(chunk.keys, stay), LOCKED)
            delete_rows(session, act, targets.table, _without(chunk.keys, stay))
            skipped = {**chunk.skipped, **{key: why for (key,), why in stay.items()}}
        note_skipped(act, targets.table, skipped)
        act.position, self._is_blocked = chunk.next, False
        return False

    def _delete_at_once(self, session: Session, act: Operation, targets: Targets, chunk: Chunk) -> bool:
        """Delete rows to which none can refer, where none of them has to be skipped; whether that went."""
        is_plain = not chunk.versions and not self._references_to(session, targets.table)
        if not is_plain or session.info.get("skip_locked"):
            return False
        return delete_all_rows(session, act, targets.table, chunk.keys, *targets.conditions)

    def _referred(self, session: Session, table: Table, keys: Sequence[Key], why: str) -> dict[Key, str]:
        """Those that are still referred to: by what was not spoken of, or by rows that somebody holds."""
        referred: dict[Key, str] = {}
        for reference in self._references_to(session, table) if keys else ():
            if (reference.name in self._fates) is (why == LOCKED):
                refers = reference.target.in_(select(reference.column))
                found = select(*table.primary_key).where(among(session, table, keys), refers)
                referred |= {tuple(row): why for row in session.connection().execute(found)}
        return referred

    def _settle(self, session: Session, act: Operation, table: Table, keys: Sequence[Key], most: int) -> bool:
        """Cut or delete some of what refers to these rows; whether there was any, and so may be more."""
        for reference in self._references_to(session, table) if keys else ():
            on_delete = self._fates.get(reference.name)
            if on_delete is None:
                continue
            refers = self._refer_to(session, reference, keys)
            referring = lock_rows(session, reference.table, refers, most=most)
            if referring and on_delete == DeleteAction.CUT:
                cut = {reference.column.name: None}
                self._note(
                    act, reference, on_delete, update_rows(session, act, reference.table, referring, cut)
                )
                return True
            if referring and self._delete_along(session, act, reference, referring, most):
                return True
        return False

    def _delete_along(
        self, session: Session, act: Operation, reference: Reference, keys: Sequence[Key], most: int
    ) -> bool:
        """Delete rows that refer, after what refers to them; whether anything was done."""
        table = reference.table
        stay = self._referred(session, table, keys, REFERRED)
        if self._settle(session, act, table, _without(keys, stay), most):
            return True
        if session.info.get("skip_locked"):
            stay |= self._referred(session, table, _without(keys, stay), LOCKED)
        self._is_blocked = self._is_blocked or bool(stay)
        gone = delete_rows(session, act, table, _without(keys, stay))
        if gone:
            self._note(act, reference, DeleteAction.DELETED, gone)
        return gone > 0

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

    def _note(self, act: Operation, reference: Reference, on_delete: str, rows: int) -> None:
        effects = {name: (kept, number) for name, kept, number in (act.report or {}).get("effects", [])}
        effects[reference.name] = (on_delete, effects.get(reference.name, (on_delete, 0))[1] + rows)
        told = [(name, kept, number) for name, (kept, number) in effects.items()]
        act.report = {**(act.report or {}), "effects": told}


def _without(keys: Sequence[Key], skipped: Mapping[Key, str]) -> list[Key]:
    return [key for key in keys if key not in skipped]
