"""A table of trigrams (FTS5) beside the searched one, filled by triggers: which of them stand in which row.

It says which rows may hold a fragment; whether they do is always asked of the rows themselves. So entries of
rows that are gone or were different do no harm, and none are taken away: deleting costs what it did before.
While the rows that are there are filled in, some thousand at a time, other programs write as ever, and what
they write goes in by the triggers. When all are in, a view says so; before that nobody searches here.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, Row, func, literal_column, select, text, true
from sqlalchemy.exc import DatabaseError

from backoffice.exceptions import Conflict
from backoffice.listing.search_index.parts import LIKE_PREFIX, PREFIX, Searched, State, Step
from backoffice.listing.search_index.trigrams import FRAGMENT, expression
from backoffice.models import RowKey

FILLED_AT_ONCE = 20_000
LOOKED_AT = 200

WHOLE = f"""
    SELECT i.tbl_name, c.name
    FROM sqlite_master i, sqlite_master u, sqlite_master v, pragma_table_info(v.name) c
    WHERE i.type = 'trigger' AND i.name = '{PREFIX}' || i.tbl_name || '_insert'
    AND u.type = 'trigger' AND u.name = '{PREFIX}' || i.tbl_name || '_update' AND u.tbl_name = i.tbl_name
    AND v.type = 'view' AND v.name = '{PREFIX}' || i.tbl_name || '_whole'
    AND EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{PREFIX}' || i.tbl_name)
"""
# The tables behind the one of trigrams go with it.
PARTS = f"""
    SELECT type, name FROM sqlite_master WHERE name LIKE '{LIKE_PREFIX}' ESCAPE '/'
    AND (type IN ('view', 'trigger') OR sql LIKE 'CREATE VIRTUAL TABLE%') ORDER BY type DESC
"""


def indexed(connection: Connection) -> Mapping[tuple[str, str], bool]:
    """It is asked for all spellings of a trigram."""
    return {(row[0], row[1]): True for row in connection.execute(text(WHOLE))}


def create(connection: Connection, searched: Searched, step: Step) -> None:
    """Where it was begun before and not ended, from the beginning."""
    wanted = {(searched.table.name, column) for column in searched.columns}
    with step():
        if wanted <= set(indexed(connection)):
            return
        _drop_parts(connection, _parts(connection, searched.table.name))
        token = secrets.token_hex(8)
        for statement in (*_beginning(searched), _view(searched, "filling", token=token)):
            connection.exec_driver_sql(statement)
    for statement in _fillings(connection, searched, step):
        with step():
            _refuse_others(connection, searched, token)
            connection.exec_driver_sql(statement)
    with step():
        _refuse_others(connection, searched, token)
        connection.exec_driver_sql(f'DROP VIEW "{searched.index_name}_filling"')
        connection.exec_driver_sql(_end(searched))


def statements(searched: Searched) -> Iterator[str]:
    """What makes the index of a table that has no rows."""
    yield from _beginning(searched)
    yield _end(searched)


def _beginning(searched: Searched) -> Iterator[str]:
    name, columns = searched.index_name, ", ".join(f'"{column}"' for column in searched.columns)
    yield (
        f"""CREATE VIRTUAL TABLE "{name}" USING fts5({columns}, content='', columnsize=0, detail=none,"""
        " tokenize='trigram')"
    )
    key = searched.key.name
    new = ", ".join(f'new."{column}"' for column in (key, *searched.columns))
    for event, when in (("insert", "INSERT"), ("update", f'UPDATE OF "{key}", {columns}')):
        yield (
            f'CREATE TRIGGER "{name}_{event}" AFTER {when} ON "{searched.table.name}"'
            f' BEGIN INSERT INTO "{name}" (rowid, {columns}) VALUES ({new}); END'
        )


def _end(searched: Searched) -> str:
    # Its columns are those that were filled in.
    return _view(searched, "whole", **dict.fromkeys(searched.columns, ""))


def drop(connection: Connection, step: Step) -> list[str]:
    with step():
        parts = _parts(connection)
        _drop_parts(connection, parts)
    return [name.removeprefix(PREFIX) for kind, name in parts if kind == "table"]


def state(connection: Connection, searched: Searched) -> dict[str, State]:
    """Whether its rows are in it is looked at for the newest, and for as many all over the table."""
    whole = set(indexed(connection))
    is_begun = bool(_parts(connection, searched.table.name))
    states = {}
    for column in searched.columns:
        if (searched.table.name, column) in whole:
            states[column] = _state(connection, searched, column)
        else:
            states[column] = State.BROKEN if is_begun else State.MISSING
    return states


def _state(connection: Connection, searched: Searched, column: str) -> State:
    name = searched.index_name
    is_in = text(f'SELECT 1 FROM "{name}" WHERE "{name}" MATCH :fragments AND rowid = :key')
    try:
        for key, value in _some_rows(connection, searched, column):
            fragments = _ends(value) if isinstance(value, str) else None
            if fragments and not connection.scalar(is_in, {"fragments": fragments, "key": key}):
                return State.OUT_OF_DATE
    except DatabaseError:
        return State.BROKEN
    return State.THERE


def _ends(value: str) -> str | None:
    # A row is in it whole or not at all, and each trigram more takes a millisecond.
    indexed_part = value.partition("\0")[0]
    asked = {expression(indexed_part[:FRAGMENT]), expression(indexed_part[-FRAGMENT:])} - {None}
    return " AND ".join(filter(None, asked)) or None


def _some_rows(connection: Connection, searched: Searched, column: str) -> Iterator[Row[RowKey, str]]:
    key, value = searched.key, searched.table.columns[column]
    rows = select(key, value).where(value.is_not(None))
    yield from connection.execute(rows.order_by(key.desc()).limit(LOOKED_AT)).all()
    # Apart, each is found by the index at once.
    first, last = (connection.scalar(select(end(key))) or 0 for end in (func.min, func.max))
    for at in range(first, last, max(1, (last - first) // LOOKED_AT)):
        yield from connection.execute(rows.where(key >= at).order_by(key).limit(1)).all()


def _fillings(connection: Connection, searched: Searched, step: Step) -> Iterator[str]:
    """The statements that fill in the rows that are there, some at a time."""
    key, columns = searched.key, ", ".join(f'"{column}"' for column in searched.columns)
    ends = select(key).order_by(key).limit(1).offset(FILLED_AT_ONCE - 1)
    above = ""
    while True:
        with step():
            end = connection.scalar(ends.where(literal_column(above) if above else true()))
        upto = f'"{key.name}" <= {end}' if end is not None else ""
        conditions = " AND ".join(filter(None, (above, upto))) or "1"
        yield (
            f'INSERT INTO "{searched.index_name}" (rowid, {columns})'
            f' SELECT "{key.name}", {columns} FROM "{searched.table.name}" WHERE {conditions}'
            f' ORDER BY "{key.name}"'
        )
        if end is None:
            return
        above = f'"{key.name}" > {end}'


def _refuse_others(connection: Connection, searched: Searched, token: str) -> None:
    """Raise Conflict where it was taken away meanwhile, or is made by another process now."""
    view = f"{searched.index_name}_filling"
    is_there = connection.scalar(text("SELECT 1 FROM sqlite_master WHERE name = :view"), {"view": view})
    if not is_there or connection.scalar(text(f'SELECT token FROM "{view}"')) != token:
        raise Conflict(
            f"The search index of {searched.table.name} is being made or dropped by another process as well."
        )


def _view(searched: Searched, what: str, **values: str) -> str:
    columns = ", ".join(f"""'{value}' AS "{name}\"""" for name, value in values.items())
    return f'CREATE VIEW "{searched.index_name}_{what}" AS SELECT {columns}'


def _parts(connection: Connection, table: str | None = None) -> list[tuple[str, str]]:
    found = [(row[0], row[1]) for row in connection.execute(text(PARTS))]
    if table is None:
        return found
    name = f"{PREFIX}{table}"
    own = {name, *(f"{name}_{part}" for part in ("insert", "update", "filling", "whole"))}
    return [(kind, part) for kind, part in found if part in own]


def _drop_parts(connection: Connection, parts: Iterable[tuple[str, str]]) -> None:
    for kind, name in parts:
        connection.exec_driver_sql(f'DROP {kind.upper()} IF EXISTS "{name}"')
