"""Why the database refuses values for a row, in words."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, FromClause, Table, and_, select
from sqlalchemy.orm import Session

from backoffice.exceptions import Conflict
from backoffice.history import Key, Snapshot, is_orphaned, is_taken, rows_as, values_of
from backoffice.models import rules_of, stored_columns


def conflict_over(session: Session, table: Table, key: Key, after: Snapshot) -> Conflict:
    """What stands in the way of giving this row the values in `after`; to be raised."""
    reasons = list(_reasons(session, table, key, after))
    return Conflict(" ".join(reasons) or _("A rule of the table is against it. Nothing was put back."))


def _reasons(session: Session, table: Table, key: Key, after: Snapshot) -> Iterator[str]:
    rules, values = rules_of(session.connection(), table), values_of(session, table, after)
    for columns in rules.unique:
        if {*columns} & after.keys() and _is_taken(session, table, key, columns, values):
            yield _("Another record has the same %(column)s by now.", column=", ".join(columns))
    for foreign_key in rules.foreign_keys:
        if {*foreign_key.columns} <= after.keys() and _holds(session, is_orphaned(foreign_key, values)):
            yield _("What its %(column)s refers to is gone.", column=", ".join(foreign_key.columns))
    for one in stored_columns(session.get_bind().engine, table.name).values():
        if one.name in after and after[one.name] is None and not one.nullable:
            yield _("Its %(column)s cannot be empty.", column=one.name)


def _is_taken(
    session: Session, table: Table, key: Key, columns: Sequence[str], values: Mapping[str, object]
) -> bool:
    """Whether another row has the same values; in columns that stay it is those that the row has."""
    other, this = rows_as("other", table, columns), rows_as("this", table, columns)
    stay = {name: select(this.c[name]).where(_is(this, table, key)).scalar_subquery() for name in columns}
    return _holds(session, is_taken(other, columns, {**stay, **values}, _is(other, table, key)))


def _is(row: FromClause, table: Table, key: Key) -> ColumnElement[bool]:
    return and_(*(row.c[one.name] == part for one, part in zip(table.primary_key, key, strict=True)))


def _holds(session: Session, condition: ColumnElement[bool]) -> bool:
    return bool(session.connection().scalar(select(condition)))
