"""The changes that revisions are made of, each safe to run again and harmless to an adopted table.

Where a database cannot take such a change back, a crash between it and its note means that it is made again.
And a table that was there before the console is the application's: it is neither altered nor dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import click
import sqlalchemy as sa
from alembic import op
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from backoffice.listing import search_index
from backoffice.listing.search_index import Searched, State
from backoffice.models.adoption import OWN_PREFIX, forget_origin, origins

MARIADB = ("mysql", "mariadb")
# Those that have indexes of some rows only.
PARTIAL = ("postgresql", "sqlite")
# Whatever the server's defaults are: any text can be kept, and half a change can be taken back.
MARIADB_TABLE = {"engine": "InnoDB", "charset": "utf8mb4"}
# The application's text is compared regardless of case; ours exactly, as on the other databases.
APPLICATION_COLLATION = "utf8mb4_unicode_520_ci"
OWN_COLLATION = "utf8mb4_bin"
PUT_OFF = "backoffice_put_off"


def create_table(name: str, *columns: sa.schema.SchemaItem, **options: Any) -> None:
    """Make a table, if it is not there."""
    op.create_table(name, *columns, if_not_exists=True, **options, **mariadb_options(name))


def add_columns(table: str, *columns: sa.Column[Any]) -> None:
    """Give one of our tables the columns among these that it has not."""
    for column in columns:
        if not _has_column(table, column.name):
            op.add_column(table, column)


def create_index(
    name: str, table: str, columns: Sequence[str], *, unique: bool = False, where: str | None = None
) -> None:
    """Make an index, if it is not there and the console made its table.

    `where` says which rows stand in it; on MariaDB all do.
    """
    if _is_made_here(table):
        rows: Any = {f"{dialect}_where": sa.text(where) for dialect in PARTIAL} if where else {}
        op.create_index(name, table, columns, unique=unique, if_not_exists=True, **rows)


def create_any_case_index(name: str, table: str, column: str) -> None:
    """Keep a column unique regardless of case. On MariaDB any unique index does, by the table's collation."""
    dialect = op.get_context().dialect.name
    if _is_made_here(table) and dialect not in MARIADB:
        # In the order of bytes, PostgreSQL finds beginnings by it too, whatever the database's collation.
        order = " text_pattern_ops" if dialect == "postgresql" else ""
        op.create_index(name, table, [sa.text(f"lower({column}){order}")], unique=True, if_not_exists=True)


def compare_by_bytes(table: str, **lengths: int) -> None:
    """Have PostgreSQL compare columns of one of our tables, texts of these lengths, byte by byte."""
    _collate(table, lengths, "C")


def compare_by_language(table: str, **lengths: int) -> None:
    """Have PostgreSQL compare columns of one of our tables as the database does."""
    _collate(table, lengths, "default")


def _collate(table: str, lengths: Mapping[str, int], collation: str) -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    changes = (f'ALTER {name} TYPE varchar({most}) COLLATE "{collation}"' for name, most in lengths.items())
    op.execute(f"ALTER TABLE {table} {', '.join(changes)}")


def create_search_indexes(**columns: Sequence[str]) -> None:
    """Make the search indexes of these columns of tables, where the console made the table.

    Where the database has none, or does not allow them, it goes on without: they can be made later.
    """
    wanted = [_searched(table, names) for table, names in columns.items() if _is_made_here(table)]
    if op.get_context().as_sql:
        for searched in wanted:
            for statement in search_index.statements(op.get_context().dialect.name, searched):
                op.execute(sa.text(statement))
        return
    try:
        with op.get_bind().begin_nested():
            for searched in wanted:
                search_index.create(op.get_bind(), searched, nullcontext)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        click.echo(f"There is no search index, and fragments are searched for in every row: {reason}")


def add_accents_to_search(**columns: Sequence[str]) -> None:
    """Have the search indexes of these columns, where they are whole, find what is written with accents too.

    Where the database does not allow that, it goes on without.
    """
    if op.get_context().dialect.name != "postgresql":
        return
    wanted = [_searched(table, names) for table, names in columns.items() if _is_made_here(table)]
    if op.get_context().as_sql:
        for searched in wanted:
            for statement in search_index.statements("postgresql", searched):
                op.execute(sa.text(statement))
        return
    try:
        with op.get_bind().begin_nested():
            for searched in wanted:
                states = search_index.state(op.get_bind(), searched)
                if State.WITHOUT_ACCENTS in states.values():
                    search_index.create(op.get_bind(), searched, nullcontext)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        click.echo(f"Searches tell letters with accents apart: {reason}")


def drop_accents_of_search() -> None:
    """Drop what `add_accents_to_search` made, and whatever else of its kind there is."""
    if op.get_context().dialect.name == "postgresql":
        _once_noted(_drop_accents)


def _drop_accents() -> None:
    search_index.drop_accents(op.get_bind())


def _searched(name: str, columns: Sequence[str]) -> Searched:
    texts = (sa.Column(column, sa.String) for column in columns)
    table = sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *texts)
    return Searched(table, tuple(columns))


def drop_search_indexes() -> None:
    """Drop every search index that there is, also those that were asked for."""
    _once_noted(_drop_search_indexes)


def _drop_search_indexes() -> None:
    search_index.drop(op.get_bind(), nullcontext)


def drop_table(name: str) -> None:
    """Drop a table, if the console made it, and forget where it came from."""
    _once_noted(partial(_drop_table, name))


def drop_columns(table: str, *names: str) -> None:
    """Drop the columns among these that one of our tables has."""
    _once_noted(partial(_drop_columns, table, names))


def drop_index(name: str, table: str) -> None:
    """Drop an index, if the console made its table."""
    _once_noted(partial(_drop_index, name, table))


def carry_out(ctx: MigrationContext, step: object, heads: object, run_args: object) -> None:
    """Do what was put off until the step was noted; Alembic calls this then."""
    ctx.opts.pop(PUT_OFF, bool)()


def _once_noted(undo: Callable[[], None]) -> None:
    # Up, a change is noted after it is made; down, before it is undone. So whatever is noted is there.
    op.get_context().opts[PUT_OFF] = undo


def _drop_table(name: str) -> None:
    if _is_made_here(name):
        op.drop_table(name, if_exists=True)
    forget_origin(op.get_bind(), name)


def _drop_index(name: str, table: str) -> None:
    if _is_made_here(table) and not _is_needed(name, table):
        op.drop_index(name, table, if_exists=True)


def drop_foreign_keys(name: str, table: sa.Table) -> None:
    """Take the foreign keys from one of our tables, which is `table` without them."""
    if _on_sqlite():
        if _foreign_keys(name):
            _make_anew(name, table)
        return
    for foreign_key in _foreign_keys(name):
        op.drop_constraint(foreign_key, name, type_="foreignkey")


def add_foreign_key(name: str, column: str, target: str, table: sa.Table) -> None:
    """Give one of our tables, which is `table` without, a foreign key, if it has none."""
    if _foreign_keys(name):
        return
    if not _on_sqlite():
        op.create_foreign_key(None, name, target, [column], ["id"])
        return
    sa.Table(target, table.metadata, sa.Column("id", table.columns[column].type, primary_key=True))
    table.append_constraint(sa.ForeignKeyConstraint([column], [f"{target}.id"]))
    _make_anew(name, table)


def _on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _foreign_keys(table: str) -> list[str]:
    if op.get_context().as_sql:  # as the databases call the first one
        name = "backoffice_change_operation_id_fkey"
        return [f"{table}_ibfk_1" if op.get_context().dialect.name in MARIADB else name]
    return [str(foreign_key["name"]) for foreign_key in sa.inspect(op.get_bind()).get_foreign_keys(table)]


def _make_anew(name: str, table: sa.Table) -> None:
    with op.batch_alter_table(name, copy_from=table, recreate="always"):
        pass


def _drop_columns(table: str, names: Sequence[str]) -> None:
    there = [name for name in names if _has_column(table, name)]
    if there and op.get_context().dialect.name in MARIADB:  # all of them or none, whatever ends us
        quote = op.get_context().dialect.identifier_preparer.quote
        op.execute(f"ALTER TABLE {table} {', '.join(f'DROP COLUMN {quote(name)}' for name in there)}")
        return
    for name in there:
        op.drop_column(table, name)


def _has_column(table: str, name: str) -> bool:
    """What a script of SQL is made for is not known: there it has the columns that it should have."""
    if op.get_context().as_sql:
        return False
    return any(column["name"] == name for column in sa.inspect(op.get_bind()).get_columns(table))


def mariadb_options(table: str) -> dict[str, str]:
    """With which MariaDB makes a table, whatever the server's defaults are."""
    collation = OWN_COLLATION if table.startswith(OWN_PREFIX) else APPLICATION_COLLATION
    options = {**MARIADB_TABLE, "collate": collation}
    return {f"{dialect}_{name}": value for dialect in MARIADB for name, value in options.items()}


def _is_made_here(table: str) -> bool:
    if table.startswith(OWN_PREFIX) or op.get_context().as_sql:
        return True
    return origins(op.get_bind()).get(table) is False


def _is_needed(name: str, table: str) -> bool:
    """Whether MariaDB keeps the index for a foreign key; it goes with its table."""
    if op.get_context().dialect.name not in MARIADB:
        return False
    inspector = sa.inspect(op.get_bind())
    referring = {key["constrained_columns"][0] for key in inspector.get_foreign_keys(table)}
    return any(
        index["name"] == name and index["column_names"][0] in referring
        for index in inspector.get_indexes(table)
    )
