"""Tables as they really are, whose columns on an adopted database are not just those of the model."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    bindparam,
    inspect,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import TypeEngine

from backoffice.extensions import db

# How long what was read is believed; another application may migrate its tables while the console runs.
BELIEVED_SECONDS = 300
# How wide the numbers of each kind of column are.
INTEGER_BITS: dict[type[TypeEngine[int]], int] = {
    mysql.TINYINT: 8,
    mysql.MEDIUMINT: 24,
    SmallInteger: 16,
    BigInteger: 64,
    Integer: 32,
}


def table_called(connection: Connection, name: str) -> Table:
    """The table of this name: as its model has it, or else as the database does. Raises NoSuchTableError."""
    known = db.metadata.tables.get(name)
    return known if known is not None else reflected_table(connection, name)


def reflected_table(connection: Connection, name: str) -> Table:
    """The table of this name as the database has it, without the tables that it refers to."""
    return Table(name, MetaData(), autoload_with=connection, resolve_fks=False)


@dataclass(frozen=True)
class StoredColumn:
    """A column as the database has it."""

    name: str
    type: TypeEngine[object]
    nullable: bool
    has_default: bool


# By table, what was read through an engine and when; it is forgotten with the engine.
_read: WeakKeyDictionary[Engine, dict[str, tuple[float, dict[str, StoredColumn]]]] = WeakKeyDictionary()


def stored_columns(engine: Engine, table: str) -> dict[str, StoredColumn]:
    """The columns of `table` by name, as they were at most five minutes ago."""
    tables = _read.setdefault(engine, {})
    at, columns = tables.get(table, (0.0, {}))
    if not columns or monotonic() - at > BELIEVED_SECONDS:
        columns = {column["name"]: _stored(column) for column in inspect(engine).get_columns(table)}
        tables[table] = (monotonic(), columns)
    return columns


def _stored(column: ReflectedColumn) -> StoredColumn:
    filled = column.get("default") is not None or column.get("autoincrement") is True
    filled = filled or bool(column.get("computed")) or bool(column.get("identity"))
    return StoredColumn(column["name"], column["type"], column["nullable"], filled)


def integers_of(engine: Engine, column: Column[object]) -> tuple[int, int]:
    """The least and the largest whole number that the database can hold in this column."""
    stored = stored_columns(engine, column.table.name).get(column.name)
    kind = column.type if stored is None else stored.type
    bits = next((bits for one, bits in INTEGER_BITS.items() if isinstance(kind, one)), 64)
    if engine.dialect.name == "sqlite":  # which calls them as one likes
        bits = 64
    if getattr(kind, "unsigned", False):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def unfillable_columns(engine: Engine, table: Table, beside: Collection[str] = ()) -> list[str]:
    """The columns that a new row needs and that the model does not know, so that none can be made.

    `beside` are columns that it knows and that nobody can give a value.
    """
    known = {one.name for one in table.columns if one.name not in beside or one.default is not None}
    return [
        column.name
        for column in stored_columns(engine, table.name).values()
        if column.name not in known and not column.nullable and not column.has_default
    ]


@dataclass(frozen=True)
class RawColumn:
    """A column as it is at this moment; `type` is the database's own word for it, in small letters.

    `is_generated` where the database makes its value from others, `is_numbered` where it insists on giving
    the value itself unless told otherwise.
    """

    name: str
    type: str
    is_generated: bool = False
    is_numbered: bool = False


def raw_columns(connection: Connection, table: Table) -> Sequence[RawColumn]:
    """The columns of `table` in this transaction, read anew: what is kept of a row must lack none."""
    dialect = connection.dialect
    name = dialect.identifier_preparer.format_table(table)
    if dialect.name == "sqlite":
        pragma = text("SELECT name, lower(type), hidden IN (2, 3), 0 FROM pragma_table_xinfo(:table)")
        rows = connection.execute(pragma, {"table": table.name})
    elif dialect.name == "postgresql":
        rows = connection.execute(_POSTGRESQL_COLUMNS, {"table": name})
    else:
        shown = connection.exec_driver_sql(f"SHOW COLUMNS FROM {name}")
        return [RawColumn(row[0], row[1].lower(), "GENERATED" in row[5].upper()) for row in shown]
    return [RawColumn(row[0], row[1], bool(row[2]), bool(row[3])) for row in rows]


_POSTGRESQL_COLUMNS = text("""
    SELECT attname, format_type(atttypid, atttypmod), attgenerated <> '', attidentity = 'a'
    FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
""").bindparams(bindparam("table"))
