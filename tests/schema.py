"""What a database holds, in its own words, so that two of them can be compared."""

import re

from sqlalchemy import Connection, inspect, text

POSTGRESQL_COLUMNS = """
    SELECT format('%s %s %s %s', column_name, data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :table ORDER BY 1"""
POSTGRESQL_CONSTRAINTS = """
    SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = format('public.%I', CAST(:table AS text))::regclass ORDER BY 1"""
POSTGRESQL_INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = :table ORDER BY 1"
SQLITE = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY name"


def schema_of(connection: Connection) -> dict[str, list[str]]:
    """The definition of every table, its indexes included, by the table's name."""
    tables = inspect(connection).get_table_names()
    return {table: _definition(connection, table) for table in sorted(tables)}


def _definition(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name == "sqlite":
        return [_in_order(" ".join(line.split())) for line in _ask(connection, SQLITE, table)]
    if connection.dialect.name == "postgresql":
        queries = (POSTGRESQL_COLUMNS, POSTGRESQL_CONSTRAINTS, POSTGRESQL_INDEXES)
        return [line for query in queries for line in _ask(connection, query, table)]
    created = connection.execute(text(f"SHOW CREATE TABLE `{table}`")).one()[1]
    lines = re.sub(r" AUTO_INCREMENT=\d+", "", created).splitlines()
    # MariaDB lists indexes in the order in which they were made.
    return [lines[0], *sorted(line.rstrip(",") for line in lines[1:-1]), lines[-1]]


def _in_order(created: str) -> str:
    """SQLite lists columns in the order in which they were added, and quotes a table that was made anew."""
    head, between, columns = created.replace('"', "").partition(" ( ")
    parts = re.split(r", (?![^(]*\))", columns.removesuffix(")").strip())
    return head + between + ", ".join(sorted(parts))


def _ask(connection: Connection, query: str, table: str) -> list[str]:
    return list(connection.execute(text(query), {"table": table}).scalars())
