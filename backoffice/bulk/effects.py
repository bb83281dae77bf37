"""What deleting rows of a table does to the rows of others, before it is done."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.orm import Session

from backoffice.models import OnDelete, Reference, references_to
from backoffice.statement_timeouts import TimedOut, budget

# How long a page may take to count what refers to the rows, and how far it counts where that is too short.
COUNTING_SECONDS = 0.35
LOOKING_SECONDS = 0.15
COUNTED_AT_LEAST = 1_000


class DeleteAction(StrEnum):
    """What becomes of the rows that refer to what is deleted."""

    CUT = "cut"  # they stay, without the reference
    DELETED = "deleted"
    REFUSED = "refused"  # they cannot stay, and so nothing can be deleted


@dataclass(frozen=True)
class Effect:
    """The rows that refer to what is deleted, by one reference, and what becomes of them.

    They are `rows`, or more where that is not `exact`.
    """

    reference: Reference
    rows: int
    exact: bool
    on_delete: DeleteAction
    removable: bool
    deeper: tuple["Effect", ...] = ()

    @property
    def is_choice(self) -> bool:
        """Whether the person may choose that these rows are deleted too."""
        return self.reference.on_delete is not OnDelete.DELETE and self.removable


@dataclass
class _Clock:
    """The time that is left for counting exactly, for all references together."""

    until: float = field(default_factory=lambda: monotonic() + COUNTING_SECONDS)

    def left(self) -> float:
        return self.until - monotonic()


def effects_of(
    session: Session, table: Table, condition: ColumnElement[bool], cascade: Collection[str]
) -> tuple[Effect, ...]:
    """The effects of deleting the rows of `table` that meet `condition`, those without rows left out.

    `cascade` names the references whose rows are to be deleted too. However many rows there are, this takes
    no longer than a page may: what cannot be counted in time is counted as far as it can be.
    """
    return tuple(_effects(session, table, condition, cascade, (table.name,), _Clock()))


def _effects(
    session: Session,
    table: Table,
    condition: ColumnElement[bool],
    cascade: Collection[str],
    path: tuple[str, ...],
    clock: _Clock,
) -> Iterator[Effect]:
    for reference in references_to(session.connection(), table):
        referring = reference.column.in_(select(reference.target).where(condition))
        rows, exact = _count(session, select(reference.column).where(referring), clock)
        if rows:
            on_delete = on_delete_of(reference, cascade, path)
            deeper: tuple[Effect, ...] = ()
            if on_delete is DeleteAction.DELETED:
                further = (*path, reference.table.name)
                deeper = tuple(_effects(session, reference.table, referring, cascade, further, clock))
            yield Effect(reference, rows, exact, on_delete, is_removable(reference, path), deeper)


def _count(session: Session, rows: Select[object], clock: _Clock) -> tuple[int, bool]:
    """How many rows there are, and whether that is all."""
    try:
        if clock.left() > 0:
            with budget(session, clock.left()):
                return _number(session, rows), True
    except TimedOut:
        pass
    try:
        with budget(session, LOOKING_SECONDS):
            found = _number(session, rows.limit(COUNTED_AT_LEAST + 1))
            return min(found, COUNTED_AT_LEAST), found <= COUNTED_AT_LEAST
    except TimedOut:  # there are some, for all we know: whoever confirms should think so
        return 1, False


def _number(session: Session, rows: Select[object]) -> int:
    return session.connection().scalar(select(func.count()).select_from(rows.subquery())) or 0


def on_delete_of(reference: Reference, cascade: Collection[str], path: tuple[str, ...]) -> DeleteAction:
    """What becomes of rows that refer by this to what is deleted; `path` leads from the first table here."""
    wanted = reference.on_delete is OnDelete.DELETE or reference.name in cascade
    if wanted and is_removable(reference, path):
        return DeleteAction.DELETED
    can_be_cut = reference.on_delete is OnDelete.CUT and reference.table.primary_key
    return DeleteAction.CUT if can_be_cut else DeleteAction.REFUSED


def is_removable(reference: Reference, path: tuple[str, ...]) -> bool:
    """Rows that refer in a circle, or that cannot be told apart, could not be put back one by one."""
    return bool(reference.table.primary_key) and reference.table.name not in path


def flat(effects: Collection[Effect]) -> Iterator[Effect]:
    """All effects, those of what is deleted along too, in the order of the telling."""
    for effect in effects:
        yield effect
        yield from flat(effect.deeper)
