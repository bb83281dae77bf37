"""What deleting rows of a table does to the rows of others, before it is done."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import ColumnElement, Connection, Table, func, select

from backoffice.bulk.references import OnDelete, Reference, references_to


class Fate(Enum):
    """What becomes of the rows that refer to what is deleted."""

    CUT = "cut"  # they stay, without the reference
    DELETED = "deleted"
    REFUSED = "refused"  # they cannot stay, and so nothing can be deleted


@dataclass(frozen=True)
class Effect:
    """The rows that refer to what is deleted, by one reference, and what becomes of them."""

    reference: Reference
    condition: ColumnElement[bool]
    rows: int
    fate: Fate
    removable: bool
    deeper: tuple["Effect", ...] = ()

    @property
    def is_choice(self) -> bool:
        """Whether the person may choose that these rows are deleted too."""
        return self.reference.on_delete is not OnDelete.DELETE and self.removable


def effects_of(
    connection: Connection,
    table: Table,
    condition: ColumnElement[bool],
    along: Collection[str],
    path: tuple[str, ...] = (),
) -> tuple[Effect, ...]:
    """The effects of deleting the rows of `table` that meet `condition`, those without rows left out.

    `along` names the references whose rows are to be deleted too.
    """
    path = (*path, table.name)
    return tuple(_effects(connection, table, condition, along, path))


def _effects(
    connection: Connection,
    table: Table,
    condition: ColumnElement[bool],
    along: Collection[str],
    path: tuple[str, ...],
) -> Iterator[Effect]:
    for reference in references_to(connection, table):
        referring = reference.column.in_(select(reference.target).where(condition))
        rows = connection.scalar(select(func.count()).select_from(reference.table).where(referring)) or 0
        if rows:
            fate = _fate(reference, along, path)
            deeper: tuple[Effect, ...] = ()
            if fate is Fate.DELETED:
                deeper = effects_of(connection, reference.table, referring, along, path)
            yield Effect(reference, referring, rows, fate, _is_removable(reference, path), deeper)


def _fate(reference: Reference, along: Collection[str], path: tuple[str, ...]) -> Fate:
    wanted = reference.on_delete is OnDelete.DELETE or reference.name in along
    if wanted and _is_removable(reference, path):
        return Fate.DELETED
    return Fate.CUT if reference.on_delete is OnDelete.CUT else Fate.REFUSED


def _is_removable(reference: Reference, path: tuple[str, ...]) -> bool:
    """Rows that refer in a circle, or that cannot be told apart, could not be put back one by one."""
    return bool(reference.table.primary_key) and reference.table.name not in path


def flat(effects: Collection[Effect]) -> Iterator[Effect]:
    """All effects, those of what is deleted along too, in the order of the telling."""
    for effect in effects:
        yield effect
        yield from flat(effect.deeper)
