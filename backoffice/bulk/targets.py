"""The rows of a selection that are still to be acted on, a chunk at a time, and why others are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from backoffice.bulk.selections import chosen_at, matching_of
from backoffice.history import Key, among, lock_keys
from backoffice.models import Operation, Selection
from backoffice.models.keys import key_column
from backoffice.work import Subject, subject_of
from backoffice.work.left_out import CHANGED, LOCKED, MISSING, UNMATCHED


@dataclass(frozen=True)
class Chunk:
    """Some keys of a selection: those that are to be acted on now, locked, and why the others are not."""

    size: int
    keys: list[Key]
    left_out: Mapping[Any, str]
    next: int


class Targets:
    """What an operation acts on."""

    def __init__(self, session: Session, act: Operation) -> None:
        self._session = session
        self._selection = session.get_one(Selection, (act.plan or {})["selection"])
        self.subject: Subject = subject_of(self._selection.table_name)
        matching = matching_of(self._selection)
        self._conditions = matching.conditions(session, self.subject) if matching else []

    @property
    def table(self) -> Table:
        """The table of the selection."""
        return self.subject.table

    def chunk(self, position: int, most: int) -> Chunk:
        """The keys from a position on; of size 0 at the end."""
        chosen = chosen_at(self._session, self._selection.id, position, most)
        keys = chosen.keys
        left_out = dict(self.subject.protect(self._session, keys)) if keys else {}
        wanted = [(key,) for key in keys if key not in left_out]
        locked = set(lock_keys(self._session, self.table, wanted, *self._conditions))
        if len(locked) < len(wanted):
            left_out |= self._reasons([key[0] for key in wanted if key not in locked])
        # Only now: whoever held one of them may just have changed it.
        left_out |= self._changed(chosen.versions, [key[0] for key in wanted if key in locked])
        wanted = [key for key in wanted if key[0] not in left_out]
        return Chunk(len(keys), wanted, left_out, chosen.next)

    def _changed(self, versions: Mapping[str, str], keys: Sequence[Any]) -> dict[Any, str]:
        """Of the rows that were ticked, those that are not any more as they were shown."""
        shown = {key: versions[str(key)] for key in keys if str(key) in versions}
        return dict.fromkeys(self.subject.changed(shown), CHANGED) if shown else {}

    def _reasons(self, keys: Sequence[Any]) -> dict[Any, str]:
        """Why these could not be locked: whoever is still there matches no more, or is held by somebody."""
        column = key_column(self.table)
        there = self._session.scalars(
            select(column).where(among(self._session, self.table, [(k,) for k in keys]))
        )
        held = LOCKED if self._session.info.get("skip_locked") else UNMATCHED
        found = set(there)
        return {key: held if key in found else MISSING for key in keys}
