"""Turning changes round, as far as nothing stands in the way; a later change is never overwritten."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.history import (
    ChangeRecord,
    Key,
    among,
    key_in,
    remove_rows,
    restore_rows,
    revert_rows,
    rows_orphaned,
    rows_taken,
    rows_there,
    rows_unchanged,
    updated_columns,
)
from backoffice.models import Operation, Rules, references_to, rules_of
from backoffice.registry import registry
from backoffice.work import (
    CHANGED,
    FORGOTTEN,
    GONE,
    LOCKED,
    MISSING,
    REFERRED,
    REFUSED,
    TAKEN,
    THERE,
    with_columns,
)

# Why changes were skipped, by their id.
Reasons = dict[int, str]
Changes = Sequence[ChangeRecord]


def runs_of(changes: Changes) -> Iterator[Changes]:
    """The changes in their order, those together that one statement can turn round."""
    for _kind, alike in groupby(changes, attrgetter("table", "action", "columns")):
        run = list(alike)
        if len({change.key_text for change in run}) == len(run):
            yield run
        else:
            yield from _without_twins(run)


def _without_twins(changes: Changes) -> Iterator[Changes]:
    """The same, in runs that have no row twice."""
    run: dict[str, ChangeRecord] = {}
    for change in changes:
        if change.key_text in run:
            yield list(run.values())
            run = {}
        run[change.key_text] = change
    yield list(run.values())


def revert(session: Session, act: Operation, table: Table, run: Changes) -> Reasons:
    """Revert a run, recorded as changes of `act`; returns those that were skipped, and why."""
    forgotten = {change.id: FORGOTTEN for change in run if change.is_forgotten}
    turn: Callable[[Session, Operation, Table, Changes], Reasons] = {
        "delete": _restore,
        "insert": _remove,
        "update": _revert,
    }[run[0].action]
    skipped: Reasons = turn(session, act, table, _without(run, forgotten))
    return forgotten | skipped


def _without(changes: Changes, skipped: Mapping[int, str]) -> Changes:
    return [change for change in changes if change.id not in skipped]


def _restore(session: Session, act: Operation, table: Table, changes: Changes) -> Reasons:
    """Rows that were deleted come back."""

    def in_the_way(those: Changes) -> Reasons:
        there = dict.fromkeys(rows_there(session, table, those), THERE)
        return there or _broken(session, table, those, _rules(session, table))

    return _attempt(session, changes, lambda some: restore_rows(session, act, table, some), in_the_way)


def _remove(session: Session, act: Operation, table: Table, changes: Changes) -> Reasons:
    """Rows that were created go again."""
    skipped = _moved_on(session, table, changes)
    skipped |= _protected(session, table, _without(changes, skipped))
    skipped |= _referred(session, table, _without(changes, skipped))
    rest = _without(changes, skipped)
    return skipped | _attempt(
        session, rest, lambda some: remove_rows(session, act, table, some), lambda _: {}
    )


def _revert(session: Session, act: Operation, table: Table, changes: Changes) -> Reasons:
    """Rows that were edited get back what they had."""
    skipped = _moved_on(session, table, changes)
    rest = _without(changes, skipped)
    skipped |= _protected(session, table, rest, updated_columns(rest)) if rest else {}
    rest = _without(changes, skipped)

    def in_the_way(those: Changes) -> Reasons:
        return _broken(session, table, those, _rules(session, table), updated_columns(those))

    return skipped | _attempt(session, rest, lambda some: revert_rows(session, act, table, some), in_the_way)


def _moved_on(session: Session, table: Table, changes: Changes) -> Reasons:
    """The changes whose row is not there any more as they left it; the rows of the others are locked."""
    if not changes:
        return {}
    unchanged = rows_unchanged(session, table, changes)
    others = [change for change in changes if change.id not in unchanged]
    if not others:
        return {}
    there = rows_there(session, table, others)
    held = set()
    if session.info.get("skip_locked"):
        held = rows_unchanged(session, table, others, lock=False)
    return {one.id: LOCKED if one.id in held else CHANGED if one.id in there else MISSING for one in others}


def _protected(
    session: Session, table: Table, changes: Changes, columns: Sequence[str] | None = None
) -> Reasons:
    """Those whose row is not to be touched: whoever acts, and the last administrator."""
    guard = registry().guard_of(table.name)
    if not changes or guard is None:
        return {}
    keys = {key_in(table, change.key_text)[0]: change.id for change in changes}
    return {keys[key]: reason for key, reason in guard.protected(session, list(keys), columns).items()}


def _referred(session: Session, table: Table, changes: Changes) -> Reasons:
    """Those whose row others have come to refer to, which would go or change with it."""
    if not changes:
        return {}
    ids: dict[Key, int] = {key_in(table, change.key_text): change.id for change in changes}
    these: ColumnElement[bool] = among(session, table, list(ids))
    referred: Reasons = {}
    for reference in references_to(session.connection(), table):
        held = select(*table.primary_key).where(these, reference.target.in_(select(reference.column)))
        referred |= {ids[tuple(row)]: REFERRED for row in session.connection().execute(held)}
    return referred


def _broken(
    session: Session, table: Table, changes: Changes, rules: Rules, names: Sequence[str] | None = None
) -> Reasons:
    """Those whose row would break a rule of the table, as far as these are columns of their own."""

    def touches(columns: Sequence[str]) -> bool:
        return names is None or bool({*names} & {*columns})

    broken: Reasons = {}
    for columns in filter(touches, rules.unique):
        broken |= dict.fromkeys(rows_taken(session, table, changes, columns), with_columns(TAKEN, columns))
    for foreign_key in rules.foreign_keys:
        if touches(foreign_key.columns):
            reason = with_columns(GONE, foreign_key.columns)
            broken |= dict.fromkeys(rows_orphaned(session, table, changes, foreign_key), reason)
    return broken


def _rules(session: Session, table: Table) -> Rules:
    """Read once in a transaction, and only where the database refused something."""
    known: dict[str, Rules] = session.info.setdefault("rules", {})
    if table.name not in known:
        known[table.name] = rules_of(session.connection(), table)
    return known[table.name]


def _attempt(
    session: Session,
    changes: Changes,
    turn: Callable[[Changes], None],
    in_the_way: Callable[[Changes], Reasons],
) -> Reasons:
    """Turn them all round; where the database refuses, without those that are at fault."""
    if not changes or _succeeds(session, lambda: turn(changes)):
        return {}
    found = in_the_way(changes)
    if found:
        return found | _attempt(session, _without(changes, found), turn, in_the_way)
    if len(changes) == 1:
        return {changes[0].id: REFUSED}
    middle = len(changes) // 2
    halves = (changes[:middle], changes[middle:])
    first, second = (_attempt(session, half, turn, in_the_way) for half in halves)
    return first | second


def _succeeds(session: Session, turn: Callable[[], None]) -> bool:
    try:
        with session.connection().begin_nested():
            turn()
    except IntegrityError:
        return False
    return True
