"""The rows of a selection that are still to be acted on, a chunk at a time, and why others are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from backoffice.bulk.selections import chosen_at, saved_query_of
from backoffice.history import Key, among, lock_keys
from backoffice.models import Operation, RowKey, Selection, key_column
from backoffice.registry import BulkTarget, registry
from backoffice.work import CHANGED, LOCKED, MISSING, UNMATCHED


@dataclass(frozen=True)
class Chunk:
    """Some keys of a selection: those that are to be acted on now, and why the others are not.

    What `versions` and `conditions` ask of a row is known to hold only once its row is locked.
    """

    size: int
    keys: list[Key]
    skipped: Mapping[RowKey, str]
    next: int
    versions: Mapping[str, str]


class Targets:
    """What an operation acts on."""

    def __init__(self, session: Session, act: Operation) -> None:
        self._session = session
        self._selection = session.get_one(Selection, (act.plan or {})["selection"])
        self.target: BulkTarget = registry().target_of(self._selection.table_name)
        matching = saved_query_of(self._selection)
        self.conditions = matching.conditions(session, self.target) if matching else []

    @property
    def table(self) -> Table:
        """The table of the selection."""
        return self.target.table

    def chunk(self, position: int, most: int) -> Chunk:
        """The keys from a position on, their rows not locked yet; of size 0 at the end."""
        chosen = chosen_at(self._session, self._selection.id, position, most)
        skipped = dict(self.target.protect(self._session, chosen.keys)) if chosen.keys else {}
        keys = [(key,) for key in chosen.keys if key not in skipped]
        return Chunk(len(chosen.keys), keys, skipped, chosen.next, chosen.versions)

    def locked(self, chunk: Chunk) -> Chunk:
        """The same with its rows locked, without those that changed, match no more, or are held by others."""
        locked = set(lock_keys(self._session, self.table, chunk.keys, *self.conditions))
        skipped = dict(chunk.skipped)
        if len(locked) < len(chunk.keys):
            skipped |= self._reasons([key for (key,) in chunk.keys if (key,) not in locked])
        skipped |= self._changed(chunk.versions, [key for (key,) in chunk.keys if (key,) in locked])
        keys = [(key,) for (key,) in chunk.keys if key not in skipped]
        return replace(chunk, keys=keys, skipped=skipped)

    def _changed(self, versions: Mapping[str, str], keys: Sequence[RowKey]) -> dict[RowKey, str]:
        """Of the rows that were ticked, those that are not any more as they were shown."""
        shown = {key: versions[str(key)] for key in keys if str(key) in versions}
        changed = self.target.changed(shown) if shown else ()
        return {key: CHANGED for key in keys if key in changed}

    def _reasons(self, keys: Sequence[RowKey]) -> dict[RowKey, str]:
        """Why these could not be locked: whoever is still there matches no more, or is held by somebody."""
        column = key_column(self.table)
        there = self._session.scalars(
            select(column).where(among(self._session, self.table, [(k,) for k in keys]))
        )
        held = LOCKED if self._session.info.get("skip_locked") else UNMATCHED
        found = set(there)
        return {key: held if key in found else MISSING for key in keys}
