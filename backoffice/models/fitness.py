"""Whether a table that somebody else made can serve a model of ours."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Inspector
from sqlalchemy.engine.interfaces import ReflectedColumn

# As lenient as a database is (any length, any width), and as strict as the console's code needs it.
KINDS: dict[type[sa.types.TypeEngine[Any]], str] = {
    sa.Integer: "a whole number",
    sa.DateTime: "a date with a time",
    sa.String: "text",
}


def problems_of(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    """What would keep a model from working on the table of its name, a sentence each."""
    yield from _column_problems(inspector, table)
    yield from _key_problems(inspector, table)
    yield from _reference_problems(inspector, table)
    yield from _engine_problems(inspector, table)


def _column_problems(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    columns = {column["name"]: column for column in inspector.get_columns(table.name)}
    for wanted in table.columns:
        if wanted.name not in columns:
            yield f"{table.name}.{wanted.name} is missing."
        else:
            yield from _kind_problems(wanted, columns[wanted.name])


def _kind_problems(wanted: sa.Column[object], found: ReflectedColumn) -> Iterator[str]:
    name, kind = f"{wanted.table.name}.{wanted.name}", found["type"]
    for needed, words in KINDS.items():
        if isinstance(wanted.type, needed) and not isinstance(kind, needed) and not _is_whole(needed, kind):
            shown = "of an unknown kind" if isinstance(kind, sa.types.NullType) else str(kind)
            yield f"{name} is {shown}, where the console needs {words}."
    if getattr(kind, "timezone", False) and not getattr(wanted.type, "timezone", False):
        yield f"{name} has a time zone; the console's times are in UTC without one, and cannot be compared."
    if isinstance(kind, sa.Enum) and not isinstance(wanted.type, sa.Enum):
        yield f"{name} takes only the values of a list, where the console needs any text."


def _is_whole(needed: object, kind: Any) -> bool:
    """Whether a decimal is good for a whole number, since it has no places."""
    return needed is sa.Integer and isinstance(kind, sa.Numeric) and kind.scale == 0


def _key_problems(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    wanted = [column.name for column in table.primary_key]
    found = inspector.get_pk_constraint(table.name)["constrained_columns"]
    if found != wanted:
        yield f"The primary key of {table.name} is ({', '.join(found)}), not ({', '.join(wanted)})."


def _reference_problems(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    found = {
        key["constrained_columns"][0]: key["referred_table"]
        for key in inspector.get_foreign_keys(table.name)
        if len(key["constrained_columns"]) == 1
    }
    for key in table.foreign_keys:
        wanted = key.column.table.name
        if found.get(key.parent.name, wanted) != wanted:
            yield f"{table.name}.{key.parent.name} refers to {found[key.parent.name]}, not to {wanted}."
        if not inspector.has_table(wanted):
            yield f"{table.name} is there, but {wanted}, which it refers to, is not."


def _engine_problems(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    options = inspector.get_table_options(table.name)
    engine = options.get(f"{inspector.dialect.name}_engine", "InnoDB")
    if engine != "InnoDB":
        yield f"{table.name} is stored by {engine}, which cannot take half a change back; InnoDB can."
