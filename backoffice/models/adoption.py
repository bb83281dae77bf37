"""The application's tables: which are there, whose they are, and whether the console can work on them.

What the console did not make, it adopts: an adopted table is never altered and never dropped.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Inspector
from sqlalchemy.exc import SAWarning

from backoffice.exceptions import AdoptionError
from backoffice.extensions import db
from backoffice.models.fitness import problems_of
from backoffice.models.table_origin import TableOrigin

OWN_PREFIX = "backoffice_"

REFUSAL = "The console cannot work on this database as it is; nothing was changed:"
UNKNOWN_THINGS = r"Did not recognize type|Skipped unsupported reflection|Failed to look up filter"


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


def own_tables() -> list[sa.Table]:
    """The console's own tables."""
    return [table for table in db.metadata.sorted_tables if table.name.startswith(OWN_PREFIX)]


def origins(connection: sa.Connection) -> dict[str, bool]:
    """The tables whose origin was noted: True for those found and adopted, False for those made here."""
    if not sa.inspect(connection).has_table(TableOrigin.__tablename__):
        return {}
    noted = connection.execute(sa.select(TableOrigin.table_name, TableOrigin.adopted))
    return {row.table_name: row.adopted for row in noted}


def strangers(connection: sa.Connection) -> set[str]:
    """The application's tables that are there and that the console did not make."""
    noted, inspector = origins(connection), sa.inspect(connection)
    return {
        table.name
        for table in application_tables()
        if noted.get(table.name) is not False and inspector.has_table(table.name)
    }


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
    # Not by the metadata, which would make the types of all other tables along with it.
    db.metadata.tables[TableOrigin.__tablename__].create(connection, checkfirst=True)
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
        finding.problems.extend(problems_of(inspector, table))
    return finding
