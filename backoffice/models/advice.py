"""What the console says about the tables that it found: whose they are, and what would serve them better.

None of the advice is carried out: an adopted table is the application's.
"""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Inspector
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedIndex

from backoffice.models.adoption import Finding, unknown_things_ignored
from backoffice.models.stored import unfillable_columns

Columns = dict[str, ReflectedColumn]

# As long as a bcrypt hash is.
HASH_LENGTH = 60


def describe(connection: sa.Connection, findings: Iterable[Finding]) -> list[str]:
    """Lines for the administrator: whose each table is, with advice on those that were found."""
    inspector = sa.inspect(connection)
    with unknown_things_ignored():
        return [line for finding in findings for line in _lines(connection, inspector, finding)]


def _lines(connection: sa.Connection, inspector: Inspector, finding: Finding) -> Iterator[str]:
    if not finding.is_there:
        yield f"{finding.name}: not there, the console makes it."
    elif not finding.is_found:
        yield f"{finding.name}: made by the console."
    elif finding.problems:
        yield f"{finding.name}: there, but the console cannot work on it."
    else:
        yield f"{finding.name}: adopted. It belongs to the application and stays as it is."
        yield from (f"  {advice}" for advice in _advice(connection, inspector, finding.table))


def _advice(connection: sa.Connection, inspector: Inspector, table: sa.Table) -> Iterator[str]:
    columns = {column["name"]: column for column in inspector.get_columns(table.name)}
    yield from _on_indexes(inspector, table)
    yield from _on_doubles(connection, table)
    yield from _on_columns(table, columns)
    yield from _on_times(connection, table)
    yield from _on_new_rows(connection, table, columns)
    yield from _on_passwords(connection, table, columns)
    yield from _on_dependants(inspector, table)


def _on_indexes(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    indexed, unique = _indexed(inspector, table.name)
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if column.index and column.name not in indexed:
            yield f"{name} has no index: finding and sorting by it reads the whole table."
        if column.unique and column.name not in unique:
            yield f"{name} has no unique index: nothing but the console's own check keeps it unique."


def _indexed(inspector: Inspector, table: str) -> tuple[set[str | None], set[str | None]]:
    """The columns that an index begins with, and those that an index keeps unique."""
    # SQLite's own indexes of UNIQUE columns are skipped unless asked for; the others ignore the word.
    found = inspector.get_indexes(table, include_auto_indexes=True)
    whole = [index for index in found if not _is_partial(index)]
    unique = [index for index in whole if index["unique"] and len(index["column_names"]) == 1]
    return {index["column_names"][0] for index in whole}, {index["column_names"][0] for index in unique}


def _is_partial(index: ReflectedIndex) -> bool:
    return any(option.endswith("_where") for option in index.get("dialect_options", {}))


def _on_doubles(connection: sa.Connection, table: sa.Table) -> Iterator[str]:
    for column in (column for column in table.columns if column.unique):
        doubles = sa.select(sa.func.min(column)).group_by(sa.func.lower(column)).having(sa.func.count() > 1)
        for value in connection.execute(doubles.limit(1)).scalars():
            yield f"{table.name}.{column.name} is not unique regardless of case: {value!r}, for one."


def _on_columns(table: sa.Table, columns: Columns) -> Iterator[str]:
    for column in table.columns:
        name, found = f"{table.name}.{column.name}", columns[column.name]
        if column.nullable and not found["nullable"]:
            yield f"{name} cannot be empty here."
        if isinstance(column.type, sa.DateTime) and getattr(found["type"], "fsp", 6) != 6:
            yield f"{name} does not keep microseconds."


def _on_times(connection: sa.Connection, table: sa.Table) -> Iterator[str]:
    for column in table.columns:
        if isinstance(column.type, sa.Date | sa.DateTime):
            written = sa.cast(column, sa.String(40))
            odd = sa.select(written).where(_is_no_time(column, connection.dialect.name)).limit(1)
            for value in connection.execute(odd).scalars():
                name = f"{table.name}.{column.name}"
                yield f"{name} has values that are no times, {value!r} for one: left as they are."


def _is_no_time(column: sa.Column[object], dialect: str) -> sa.ColumnElement[bool]:
    """Whether a time is one that is only shown, as the database writes it: see drivers.py."""
    if dialect == "postgresql":
        first = sa.literal_column("'0001-01-01'", sa.Date)
        end = sa.literal_column("'10000-01-01'", sa.Date)
        return sa.not_(sa.func.isfinite(column)) | (column < first) | (column >= end)
    if dialect == "sqlite":
        is_text = sa.func.typeof(column) == "text"
        return column.is_not(None) & sa.not_(is_text & sa.func.datetime(column).is_not(None))
    return sa.or_(*(part(column) == 0 for part in (sa.func.year, sa.func.month, sa.func.dayofmonth)))


def _on_new_rows(connection: sa.Connection, table: sa.Table, columns: Columns) -> Iterator[str]:
    for name in unfillable_columns(connection.engine, table):
        yield f"{table.name}.{name} must be given and has no default: the console cannot make new rows."
    for key in (columns[column.name] for column in table.primary_key):
        # SQLite numbers its keys without saying so.
        if key.get("autoincrement") is False and key["default"] is None and not key.get("identity"):
            yield f"{table.name}.{key['name']} is not numbered by the database: no new rows can be made."


def _on_passwords(connection: sa.Connection, table: sa.Table, columns: Columns) -> Iterator[str]:
    if "password_hash" not in table.columns:
        return
    hashed, found = table.columns["password_hash"], columns["password_hash"]["type"]
    if (getattr(found, "length", None) or HASH_LENGTH) < HASH_LENGTH:
        yield f"{table.name}.password_hash is too short for bcrypt: passwords cannot be set."
    others = sa.select(hashed).where(hashed != "", hashed.not_like("$2%")).limit(1)
    if connection.execute(others).first():
        yield f"{table.name}.password_hash is of another scheme: administrators get a console password."


def _on_dependants(inspector: Inspector, table: sa.Table) -> Iterator[str]:
    for (_schema, other), keys in inspector.get_multi_foreign_keys().items():
        for key in keys:
            columns = ", ".join(f"{other}.{column}" for column in key["constrained_columns"])
            if key["referred_table"] == table.name and other not in table.metadata.tables:
                yield f"{columns} refers to it: counted and shown before a row is deleted."
