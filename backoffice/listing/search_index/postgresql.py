"""Indexes of trigrams on the columns themselves: GIN, by the extension `pg_trgm`."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, text

from backoffice.listing.search_index.parts import LIKE_PREFIX, Searched, State, Step

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
# Not only ours: the application may have such an index of its own.
INDEXES = """
    SELECT t.relname, a.attname, c.relname AS name, i.indisvalid AND i.indisready AS valid
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


def indexed(connection: Connection) -> Iterable[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(text(INDEXES)) if row.valid]


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
            if found is not State.THERE:
                connection.exec_driver_sql(_index(searched, column, operators, _at_once(connection)))


def statements(searched: Searched) -> Iterator[str]:
    """What makes the index of a table that has no rows."""
    yield EXTENSION
    for column in searched.columns:
        yield _index(searched, column)


def _index(searched: Searched, column: str, operators: str = "gin_trgm_ops", at_once: str = "") -> str:
    name = f"{searched.index_name}_{column}"
    table = f'"{searched.table.name}"'
    return f'CREATE INDEX {at_once} IF NOT EXISTS "{name}" ON {table} USING gin ("{column}" {operators})'


def drop(connection: Connection, step: Step) -> list[str]:
    """The extension stays: whoever else uses it cannot be known."""
    found = connection.execute(text(OURS)).all()
    for name, _table in found:
        with step():
            _drop(connection, name)
    return list(dict.fromkeys(table for _name, table in found))


def state(connection: Connection, searched: Searched) -> dict[str, State]:
    found = connection.execute(
        text(INDEXES + " AND t.relname = :table"), {"table": searched.table.name}
    ).all()
    return {column: _state([row.valid for row in found if row[1] == column]) for column in searched.columns}


def _state(valid: list[bool]) -> State:
    if any(valid):
        return State.THERE
    return State.BROKEN if valid else State.MISSING


def _drop(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f'DROP INDEX {_at_once(connection)} IF EXISTS "{name}"')


def _at_once(connection: Connection) -> str:
    is_alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    return "CONCURRENTLY" if is_alone else ""
