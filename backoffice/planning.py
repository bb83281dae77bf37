"""Having a database take the index that answers a question, where it would reckon with another one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy import any_ as any_of
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.statements import Expression, Held

Values = Mapping[InstrumentedAttribute[Any], object]


class Way(NamedTuple):
    """In what order rows are read, from where on in the first column of it, if not from its end."""

    order: tuple[Expression, ...]
    descending: bool
    column: Expression
    start: Expression | None = None


def by_index_of(statement: Select[*Held], values: Values, way: Way, dialect: str) -> Select[*Held]:
    """The statement for rows that have these `values`, in the order of `way`, which an index of both has.

    PostgreSQL, where it knew that these rows have the same values, might take an index of the order alone, or
    of some of the columns, and walk it past all that is not meant: where that is old, through all of history.
    So it is told of an array of one value, and of ranges that hold one, which it orders by too.
    """
    if dialect != "postgresql":
        same = (column == value for column, value in values.items())
        return statement.where(*same).order_by(*way.order)
    (first, value), *others = values.items()
    statement = statement.where(first == any_of(literal([value], postgresql.ARRAY(first.type))))
    if others:
        statement = statement.where(*_ends(dict(others), way))
    led = [column.desc() if way.descending else column.asc() for column in values]
    return statement.order_by(*led, *way.order)


def _ends(values: Values, way: Way) -> list[ColumnElement[bool]]:
    """From where to where rows are read that have these values."""
    columns, held = (
        tuple_(*values),
        tuple_(*(literal(value, column.type) for column, value in values.items())),
    )
    near, far = (columns <= held, columns >= held) if way.descending else (columns >= held, columns <= held)
    if way.start is not None:
        columns, held = tuple_(*values, way.column), tuple_(*held.clauses, way.start)
        near = columns <= held if way.descending else columns >= held
    return [near, far]
