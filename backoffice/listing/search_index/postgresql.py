"""Indexes of trigrams on the columns themselves: GIN, by the extension `pg_trgm`.

Beside each of them stands one of those rows only that hold more than ASCII, of what they hold without
accents, by functions of PostgreSQL's own: `unaccent` is not among those that an index may call.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal_column, text
from sqlalchemy.dialects.postgresql import dialect

from backoffice.accents import is_marked, unmarked
from backoffice.listing.search_index.parts import LIKE_PREFIX, PREFIX, Searched, State, Step

ACCENTS = f"{PREFIX}accents_"
DIALECT = dialect()  # type: ignore[no-untyped-call]
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
# Not only ours: the application may have such an index of its own.
INDEXES = f"""
    SELECT t.relname, a.attname, c.relname AS name, i.indisvalid AND i.indisready AS valid, EXISTS (
        SELECT 1 FROM pg_index w JOIN pg_class n ON n.oid = w.indexrelid
        WHERE n.relname = ('{PREFIX}accents_' || t.relname || '_' || a.attname)::name
        AND w.indrelid = t.oid AND w.indpred IS NOT NULL AND w.indisvalid AND w.indisready
    ) AS finds_accents
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    JOIN pg_opclass o ON o.oid = i.indclass[0]
    WHERE o.opcname IN ('gin_trgm_ops', 'gist_trgm_ops') AND i.indpred IS NULL AND pg_table_is_visible(t.oid)
"""
SCHEMA = """
    SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
    WHERE extname = 'pg_trgm'
"""
OURS = f"""
    SELECT c.relname, t.relname FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relname LIKE '{LIKE_PREFIX}' ESCAPE '/' AND pg_table_is_visible(t.oid) ORDER BY 1
"""


def indexed(connection: Connection) -> Mapping[tuple[str, str], bool]:
    """Where there are several, one that finds accents counts."""
    rows = [row for row in connection.execute(text(INDEXES)) if row.valid]
    return {(row[0], row[1]): row.finds_accents for row in rows}


def create(connection: Connection, searched: Searched, step: Step) -> None:
    """Where the connection commits by itself, others write meanwhile.

    Raises DBAPIError where the extension is not there and may not be made.
    """
    with step():
        if connection.scalar(text(SCHEMA)) is None:
            connection.exec_driver_sql(EXTENSION)
        operators = f"{connection.scalar(text(SCHEMA))}.gin_trgm_ops"
    for column, found in state(connection, searched).items():
        with step():
            if found is State.BROKEN:
                _drop(connection, f"{searched.index_name}_{column}")
            if found in (State.MISSING, State.BROKEN):
                connection.exec_driver_sql(_index(searched, column, operators, _at_once(connection)))
        with step():
            if found is not State.THERE and knows_accents(connection):
                _drop(connection, searched.index_of_accents(column))
                connection.exec_driver_sql(
                    _index_of_accents(searched, column, operators, _at_once(connection))
                )


def statements(searched: Searched) -> Iterator[str]:
    """What makes the index of a table that has no rows."""
    yield EXTENSION
    for column in searched.columns:
        yield _index(searched, column)
        yield _index_of_accents(searched, column)


def knows_accents(connection: Connection) -> bool:
    """Whether the database can take marks off letters, which it can in Unicode only."""
    driver: Any = connection.connection.dbapi_connection  # the other one a detached connection has not
    return bool(driver.info.parameter_status("server_encoding") == "UTF8")


def _index(searched: Searched, column: str, operators: str = "gin_trgm_ops", at_once: str = "") -> str:
    name = f"{searched.index_name}_{column}"
    table = f'"{searched.table.name}"'
    return f'CREATE INDEX {at_once} IF NOT EXISTS "{name}" ON {table} USING gin ("{column}" {operators})'


def _index_of_accents(
    searched: Searched, column: str, operators: str = "gin_trgm_ops", at_once: str = ""
) -> str:
    name = searched.index_of_accents(column)
    quoted: ColumnElement[str] = literal_column(f'"{column}"')
    expression, condition = (make(quoted).compile(dialect=DIALECT) for make in (unmarked, is_marked))
    return (
        f'CREATE INDEX {at_once} IF NOT EXISTS "{name}" ON "{searched.table.name}"'
        f" USING gin (({expression}) {operators}) WHERE {condition}"
    )


def drop(connection: Connection, step: Step) -> list[str]:
    """The extension stays: whoever else uses it cannot be known."""
    found = connection.execute(text(OURS)).all()
    for name, _table in found:
        with step():
            _drop(connection, name)
    return list(dict.fromkeys(table for _name, table in found))


def drop_accents(connection: Connection) -> None:
    """Leave those indexes only that tell letters with accents apart."""
    for name, _table in connection.execute(text(OURS)).all():
        if name.startswith(ACCENTS):
            _drop(connection, name)


def state(connection: Connection, searched: Searched) -> dict[str, State]:
    found = connection.execute(
        text(INDEXES + " AND t.relname = :table"), {"table": searched.table.name}
    ).all()
    knows = knows_accents(connection)
    return {column: _state([row for row in found if row[1] == column], knows) for column in searched.columns}


def _state(indexes: Sequence[Any], knows_accents: bool) -> State:
    if not any(row.valid for row in indexes):
        return State.BROKEN if indexes else State.MISSING
    return State.WITHOUT_ACCENTS if knows_accents and not indexes[0].finds_accents else State.THERE


def _drop(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f'DROP INDEX {_at_once(connection)} IF EXISTS "{name}"')


def _at_once(connection: Connection) -> str:
    is_alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    return "CONCURRENTLY" if is_alone else ""
