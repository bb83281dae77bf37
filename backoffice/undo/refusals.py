"""Why the database refuses values for a row, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, FromClause, Table, and_, select
from sqlalchemy.orm import Session

from backoffice.exceptions import Conflict
from backoffice.history import Key, Snapshot, is_orphaned, is_taken, rows_as, values_of
from backoffice.models import ForeignKey, rules_of, stored_columns
from backoffice.work import columns_label


class Orphan(NamedTuple):
    """What a row of `table` would refer to, and is gone: the row of another table that holds `values`."""

    table: str
    foreign_key: ForeignKey
    values: tuple[object, ...]

    def __str__(self) -> str:
        label = columns_label(self.table, self.foreign_key.columns)
        return str(_("What its “%(column)s” refers to is gone.", column=label))


class Broken(Conflict):
    """The rules of a table that values for a row would break: a sentence each, and what is gone."""

    def __init__(self, reasons: Sequence[str | Orphan]) -> None:
        super().__init__(" ".join(map(str, reasons)))
        self.reasons = reasons


def conflict_over(session: Session, table: Table, key: Key, after: Snapshot) -> Conflict:
    """What stands in the way of giving this row the values in `after`; to be raised."""
    reasons = list(_reasons(session, table, key, after))
    return Broken(reasons or [_("A rule of the table is against it. Nothing was put back.")])


def _reasons(session: Session, table: Table, key: Key, after: Snapshot) -> Iterator[str | Orphan]:
    rules, values = rules_of(session.connection(), table), values_of(session, table, after)
    for columns in rules.unique:
        if {*columns} & after.keys() and _is_taken(session, table, key, columns, values):
            label = columns_label(table.name, columns)
            yield _("Another record has the same “%(column)s” by now.", column=label)
    for foreign_key in rules.foreign_keys:
        if {*foreign_key.columns} <= after.keys() and _holds(session, is_orphaned(foreign_key, values)):
            yield Orphan(table.name, foreign_key, tuple(after[name] for name in foreign_key.columns))
    for one in stored_columns(session.get_bind().engine, table.name).values():
        if one.name in after and after[one.name] is None and not one.nullable:
            yield _("Its “%(column)s” cannot be empty.", column=columns_label(table.name, [one.name]))


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
