"""`manage.py search-index`: what finds fragments of texts without looking through every row."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import click
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Connection, Table

from backoffice.commands.command import command
from backoffice.connections import lift_statement_limit, limit_reads
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.listing import search_index as index
from backoffice.listing.search_index import Searched, State
from backoffice.models import origins
from backoffice.registry import registry

STATES = {
    State.THERE: lazy_gettext("there"),
    State.MISSING: lazy_gettext("not there"),
    State.BROKEN: lazy_gettext("broken, and not used: search-index create makes it anew"),
    State.WITHOUT_ACCENTS: lazy_gettext("tells letters with accents apart: search-index create adds that"),
    State.OUT_OF_DATE: lazy_gettext("lacks rows: drop it, and create it"),
}


@click.group("search-index")
def search_index() -> None:
    """Make, drop and check the index that searches go by."""


@command("search-index create")
def create() -> None:
    """Make the search index of every column that a list searches, where it is missing or broken.

    It can be stopped and started again at any time, and others may read and write meanwhile.
    """
    if _is_impossible():
        return
    for searched in _searched_tables():
        with _patient_connection() as connection:
            _tell_beforehand(connection, searched)
            index.create(connection, searched, _step(connection))
            _tell(index.state(connection, searched), searched)


@command("search-index drop")
def drop() -> None:
    """Take every search index away. Fragments are then searched for in every row."""
    if _is_impossible():
        return
    with _patient_connection() as connection:
        dropped = index.drop(connection, _step(connection))
    for table in dropped:
        click.echo(_("%(table)s: the search index is dropped.", table=table))
    if not dropped:
        click.echo(_("There is no search index."))


@command("search-index check")
def check() -> None:
    """Say of every column that a list searches whether its index is there and agrees with the table.

    Ends with 0 where all are and do, and with 1 otherwise.
    """
    if _is_impossible():
        return
    states: list[State] = []
    for searched in _searched_tables():
        with _patient_connection() as connection:
            found = index.state(connection, searched)
        _tell(found, searched)
        states += found.values()
    if any(state is not State.THERE for state in states):
        raise Conflict(_("Not every searched column has a search index that is whole."))


for each in (create, drop, check):
    search_index.add_command(each)


def _is_impossible() -> bool:
    if index.is_known(db.engine.dialect.name):
        return False
    click.echo(_("MariaDB has no index of fragments, only one of whole words: every row is looked through."))
    return True


def _searched_tables() -> Iterator[Searched]:
    """The tables and columns that the lists search, as their views declare it."""
    tables: dict[Table, dict[str, None]] = {}
    for view in registry().views:
        for column in view.columns.searched:
            stored = column.searched.property.columns[0]
            tables.setdefault(stored.table, {})[stored.name] = None
    for table, columns in sorted(tables.items(), key=lambda item: str(item[0].name)):
        searched = Searched(table, tuple(columns))
        if searched.key.type.python_type is int or db.engine.dialect.name != "sqlite":
            yield searched
        else:
            click.echo(_("%(table)s: none is made, since its rows are not numbered.", table=table.name))


def _tell_beforehand(connection: Connection, searched: Searched) -> None:
    name = searched.table.name
    if origins(connection).get(name, False) and State.THERE not in index.state(connection, searched).values():
        click.echo(_("%(table)s belongs to the application, and gets an index of ours.", table=name))
    connection.rollback()


def _tell(states: dict[str, State], searched: Searched) -> None:
    for column, state in states.items():
        click.echo(f"{searched.table.name}.{column}: {STATES[state]}")


def _step(connection: Connection) -> index.Step:
    is_alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    return nullcontext if is_alone else connection.begin


@contextmanager
def _patient_connection() -> Iterator[Connection]:
    """One without time limits; on PostgreSQL outside of a transaction, so that nobody waits for an index."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # so that nobody else is given one without limits
            lift_statement_limit(connection)
            limit_reads(connection, None)
            connection.exec_driver_sql("SET lock_timeout = 0")
        else:
            connection = connection.execution_options(writing=True)
        yield connection
