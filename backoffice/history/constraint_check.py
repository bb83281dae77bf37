"""Whether values that rows are to get would break a rule of their table: asked of the database itself."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, FromClause, Table, and_, column, exists, not_, select, true
from sqlalchemy import table as table_named
from sqlalchemy.orm import Session

from backoffice.history.change_records import ChangeRecord, is_row_of, these, with_snapshots
from backoffice.history.content import CHANGES
from backoffice.history.snapshots import columns_of, values_in
from backoffice.models import ForeignKey
from backoffice.statements import Expression

# An expression for each value, by the column that is to get it.
Values = Mapping[str, Expression]


def rows_as(name: str, table: Table, columns: Sequence[str]) -> FromClause:
    """The rows of a table by another name: these columns, which its model may not know, and their key."""
    keys = {one.name for one in table.primary_key}
    return table_named(table.name, *map(column, {*columns, *keys})).alias(name)


def is_taken(
    other: FromClause, columns: Sequence[str], values: Mapping[str, object], itself: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The condition that one of the `other` rows has these values, and is not the row `itself`."""
    same = and_(*(other.c[name] == values[name] for name in columns), not_(itself))
    return exists(select(1).select_from(other).where(same))


def is_orphaned(foreign_key: ForeignKey, values: Values) -> ColumnElement[bool]:
    """The condition that these values refer to a row that is not there."""
    parent = table_named(foreign_key.table, *map(column, foreign_key.referred)).alias("parent")
    wanted = [values[name] for name in foreign_key.columns]
    found = and_(*(parent.c[name] == one for name, one in zip(foreign_key.referred, wanted, strict=True)))
    refers = and_(*(one.is_not(None) for one in wanted))
    return and_(refers, not_(exists(select(1).select_from(parent).where(found))))


def rows_taken(
    session: Session, table: Table, changes: Sequence[ChangeRecord], columns: Sequence[str]
) -> set[int]:
    """Those of these changes whose row would have the same values, in these columns, as another row has."""
    source, values = _values_before(session, table, changes, columns)
    other = rows_as("other", table, columns)
    taken = is_taken(other, columns, values, is_row_of(session, table, other))
    return _those(session, changes, source, taken)


def rows_orphaned(
    session: Session, table: Table, changes: Sequence[ChangeRecord], foreign_key: ForeignKey
) -> set[int]:
    """Those of these changes whose row would refer to one that is not there."""
    source, values = _values_before(session, table, changes, foreign_key.columns)
    return _those(session, changes, source, is_orphaned(foreign_key, values))


def _values_before(
    session: Session, table: Table, changes: Sequence[ChangeRecord], names: Sequence[str]
) -> tuple[FromClause, dict[str, Expression]]:
    """Where the values are that the rows had before these changes, and an expression for each."""
    source: FromClause = CHANGES
    snapshot: Expression = CHANGES.c.before
    if changes[0].action != "update":
        source, snapshot = with_snapshots(CHANGES, changes)
    columns = [one for one in columns_of(session, table) if one.name in names]
    more, values = values_in(session, table, snapshot, columns)
    for one in more:
        source = source.join(one, true())
    return source, {one.name: value for one, value in zip(columns, values, strict=True)}


def _those(
    session: Session, changes: Sequence[ChangeRecord], source: FromClause, condition: ColumnElement[bool]
) -> set[int]:
    found = select(CHANGES.c.id).select_from(source).where(these(session, changes), condition)
    return set(session.connection().scalars(found))
