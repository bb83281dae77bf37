"""The application's tables: which are there, whose they are, and whether the console can work on them.

What the console did not make, it adopts: an adopted table is never altered and never dropped.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Inspector
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import SAWarning

from backoffice.exceptions import AdoptionError
from backoffice.extensions import db
from backoffice.models.table_origin import TableOrigin

OWN_PREFIX = "backoffice_"

REFUSAL = "The console cannot work on this database as it is; nothing was changed:"
UNKNOWN_THINGS = r"Did not recognize type|Skipped unsupported reflection|Failed to look up filter"

# As lenient as a database is (any length, any width), and as strict as the console's code needs it.
KINDS: dict[type[sa.types.TypeEngine[Any]], str] = {
    sa.Integer: "a whole number",
    sa.DateTime: "a date with a time",
    sa.String: "text",
}


@dataclass(frozen=True)
class Finding:
    """One table that a model of the application needs, as it stands in this database.

    `adopted` is what was noted about it when it was found or made, None before that.
    """

    table: sa.Table
    is_there: bool
    adopted: bool | None
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def is_found(self) -> bool:
        """Whether it is there and the console did not make it."""
        return self.is_there and self.adopted is not False


def application_tables() -> list[sa.Table]:
    """The tables of the models that are not the console's own, a table after those that it refers to."""
    return [table for table in db.metadata.sorted_tables if not table.name.startswith(OWN_PREFIX)]


def origins(connection: sa.Connection) -> dict[str, bool]:
    """The tables whose origin was noted: True for those found and adopted, False for those made here."""
    if not sa.inspect(connection).has_table(TableOrigin.__tablename__):
        return {}
    noted = connection.execute(sa.select(TableOrigin.table_name, TableOrigin.adopted))
    return {row.table_name: row.adopted for row in noted}


def survey(connection: sa.Connection) -> list[Finding]:
    """Look at every application table, changing nothing."""
    noted = origins(connection)
    inspector = sa.inspect(connection)
    with unknown_things_ignored():
        return [_look(inspector, table, noted.get(table.name)) for table in application_tables()]


def refuse_problems(findings: Iterable[Finding]) -> None:
    """Raise AdoptionError, with every problem, where the console could not work on what is there."""
    problems = [problem for finding in findings for problem in finding.problems]
    if problems:
        raise AdoptionError("\n  ".join([REFUSAL, *problems]))


def note_origins(connection: sa.Connection, findings: Iterable[Finding]) -> None:
    """Note what was found and what is still to be made, for each table of which nothing is noted yet."""
    db.metadata.create_all(connection, tables=[db.metadata.tables[TableOrigin.__tablename__]])
    noted = origins(connection)
    for finding in findings:
        if finding.name not in noted:
            row = {"table_name": finding.name, "adopted": finding.is_there}
            connection.execute(sa.insert(TableOrigin).values(row))


def forget_origin(connection: sa.Connection, name: str) -> None:
    """Forget where a table came from: the next upgrade looks again."""
    if name in origins(connection):
        connection.execute(sa.delete(TableOrigin).where(TableOrigin.table_name == name))


@contextmanager
def unknown_things_ignored() -> Iterator[None]:
    """Look at a database without warnings about columns and indexes that SQLAlchemy cannot name."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", UNKNOWN_THINGS, SAWarning)
        yield


def _look(inspector: Inspector, table: sa.Table, adopted: bool | None) -> Finding:
    is_there = inspector.has_table(table.name)
    finding = Finding(table, is_there, adopted)
    if not finding.is_found:
        return finding
    if table.name not in inspector.get_table_names():
        finding.problems.append(f"{table.name} is not a table but a view, or something like it.")
    else:
        finding.problems.extend(_problems(inspector, table))
    return finding


def _problems(inspector: Inspector, table: sa.Table) -> Iterator[str]:
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
        if isinstance(wanted.type, needed) and not isinstance(kind, needed):
            shown = "of an unknown kind" if isinstance(kind, sa.types.NullType) else str(kind)
            yield f"{name} is {shown}, where the console needs {words}."
    if getattr(kind, "timezone", False) and not getattr(wanted.type, "timezone", False):
        yield f"{name} has a time zone; the console's times are in UTC without one, and cannot be compared."
    if isinstance(kind, sa.Enum) and not isinstance(wanted.type, sa.Enum):
        yield f"{name} takes only the values of a list, where the console needs any text."


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
