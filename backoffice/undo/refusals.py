"""Why the database refuses values for a row, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Table, and_, column, literal, not_, select
from sqlalchemy import table as table_named
from sqlalchemy.orm import Session

from backoffice.exceptions import Conflict
from backoffice.history import Image, Key, values_of, with_keys
from backoffice.models import ForeignKey, rules_of, stored_columns


def refusal_of(session: Session, table: Table, key: Key, after: Image) -> Conflict:
    """What stands in the way of giving this row the values in `after`; to be raised."""
    reasons = list(_reasons(session, table, key, after))
    return Conflict(" ".join(reasons) or _("A rule of the table is against it. Nothing was put back."))


def _reasons(session: Session, table: Table, key: Key, after: Image) -> Iterator[str]:
    rules, values = rules_of(session.connection(), table), values_of(session, table, after)
    for columns in rules.unique:
        if {*columns} & after.keys() and _is_taken(session, table, key, columns, values):
            yield _("Another record has the same %(column)s by now.", column=", ".join(columns))
    for foreign_key in rules.foreign_keys:
        if {*foreign_key.columns} <= after.keys() and _is_gone(session, foreign_key, values):
            yield _("What its %(column)s refers to is gone.", column=", ".join(foreign_key.columns))
    for one in stored_columns(session.get_bind().engine, table.name).values():
        if one.name in after and after[one.name] is None and not one.nullable:
            yield _("Its %(column)s cannot be empty.", column=one.name)


def _is_taken(
    session: Session, table: Table, key: Key, columns: Sequence[str], values: Mapping[str, Any]
) -> bool:
    """Whether another row has the same values; in columns that stay it is those that the row has."""
    this = table.alias("this")
    wanted = {name: values.get(name, select(this.c[name]).where(_is(this, table, key)).scalar_subquery())
              for name in columns if name in values or name in table.columns}  # fmt: skip
    same = and_(*(column(name, _selectable=table) == value for name, value in wanted.items()))
    others = select(literal(1)).select_from(table).where(same, not_(with_keys(table, [key]))).limit(1)
    return session.connection().scalar(others) is not None


def _is(this: Any, table: Table, key: Key) -> Any:
    return and_(*(this.c[one.name] == part for one, part in zip(table.primary_key, key, strict=True)))


def _is_gone(session: Session, foreign_key: ForeignKey, values: Mapping[str, Any]) -> bool:
    parent = table_named(foreign_key.table, *map(column, foreign_key.referred))
    wanted = [values[name] for name in foreign_key.columns]
    found = and_(*(parent.c[name] == one for name, one in zip(foreign_key.referred, wanted, strict=True)))
    there = select(literal(1)).select_from(parent).where(found).limit(1)
    refers = select(and_(*(one.is_not(None) for one in wanted)))
    return bool(session.connection().scalar(refers)) and session.connection().scalar(there) is None
