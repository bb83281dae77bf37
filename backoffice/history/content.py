"""The content of operations, as the database has it in text, and its digest; however large, it is streamed.

The content is the operation itself, its changes in their order, and what it has forgotten of others. The
columns are taken as texts that the database makes: no driver's and no Python's idea of a value is in it.
"""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Row,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy import column as column_named
from sqlalchemy.dialects import postgresql

from backoffice.connections import lift_statement_limit, limit_reads
from backoffice.history.keyring import SealKey
from backoffice.models import Change, Operation, Redaction
from backoffice.statements import Expression

OPERATIONS: Table = Operation.metadata.tables["backoffice_operation"]
CHANGES: Table = Change.metadata.tables["backoffice_change"]
FORGETTINGS: Table = Redaction.metadata.tables["backoffice_forgetting"]

# What is sealed of each. Not who is at work on an operation, which says nothing once it is over. The order
# counts: another one would make other digests.
SEALED = {
    OPERATIONS: (
        *("id", "kind", "actor_kind", "actor_id", "actor_name", "address", "request_id", "table_name"),
        *("selection", "expected_rows", "changed_rows", "state", "undoes_id", "started_at", "finished_at"),
        *("administrator_id", "plan", "report", "position", "began_at", "cancel_at", "cancel_by"),
        "forgotten_at",
    ),
    CHANGES: ("id", "operation_id", "table_name", "row_key", "action", "before", "after", "source_id"),
    FORGETTINGS: ("id", "operation_id", "by_id", "key_id", "content_digest"),
}
# The format in which seals are made now. In the first one the columns above were all there was; these came
# with the second, with what stands in them where they were not there yet.
FORMAT = 2
ADDED: Mapping[Table, Mapping[str, str | None]] = {
    OPERATIONS: {"facts": None},
    CHANGES: {},
    FORGETTINGS: {"format": "1"},
}
ROWS_A_PAGE = 1_000
# Whose it is, and the texts of what is sealed of it.
Content = Row[int, *tuple[str, ...]]
# So long a server may go through all that there is, before the first of what it looks for.
UNHURRIED_SECONDS = 600.0

_in_ascii = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


@dataclass
class Contents:
    """The digests of operations by their number, and of how many changes they are made."""

    digests: dict[int, str] = field(default_factory=dict)
    changes: int = 0


@contextmanager
def unhurried(engine: Engine, seconds: float | None = UNHURRIED_SECONDS) -> Iterator[Connection]:
    """A connection to read a lot by: each transaction sees one moment, and no statement has a time limit.

    The server may be silent for so many seconds; with None no longer than usual.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield connection
            return
        connection.execution_options(isolation_level="REPEATABLE READ")
        lift_statement_limit(connection)
        connection.commit()
        if seconds is not None:
            limit_reads(connection, seconds)
        try:
            yield connection
        finally:
            connection.invalidate()  # not back into the pool, since it has no time limit any more


@dataclass(frozen=True)
class Digesting:
    """How an operation is digested: with which key, in which format, and whether with its changes."""

    key: SealKey
    format: int = FORMAT
    with_changes: bool = True


def contents(connection: Connection, wanted: Mapping[int, Digesting]) -> Contents:
    """The content of these operations, by their number; those that are not there are skipped."""
    found = Contents()
    digests: dict[int, hmac.HMAC] = {}
    for row in connection.execute(_rows(connection, OPERATIONS, "id", list(wanted))):
        digests[row[0]] = hmac.new(wanted[row[0]].key.bytes, digestmod="sha256")
        _add(digests, wanted, OPERATIONS, [row])
    with_changes = [number for number in digests if wanted[number].with_changes]
    for page in _pages(connection, CHANGES, "operation_id", with_changes):
        _add(digests, wanted, CHANGES, page)
        found.changes += len(page)
    for digest in digests.values():
        digest.update(b"forgotten:")
    for page in _pages(connection, FORGETTINGS, "by_id", list(digests)):
        _add(digests, wanted, FORGETTINGS, page)
    found.digests = {number: digest.hexdigest() for number, digest in digests.items()}
    return found


def _add(
    digests: Mapping[int, "hmac.HMAC"],
    wanted: Mapping[int, Digesting],
    table: Table,
    rows: Collection[Content],
) -> None:
    """Add rows, each with its comma, so that it makes no difference how many come at once."""
    added = len(ADDED[table])
    for number, those in groupby(rows, itemgetter(0)):
        texts = [row[1:] for row in those]
        if added and wanted[number].format < FORMAT:
            texts = [_in_first_format(table, row) for row in texts]
        digests[number].update(_in_ascii(texts)[1:-1].encode() + b",")


def _in_first_format(table: Table, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Without what came later: what stands there all the same was not sealed, and makes another digest."""
    covered = len(SEALED[table])
    return texts[:covered] if tuple(texts[covered:]) == tuple(ADDED[table].values()) else texts


def _pages(
    connection: Connection, table: Table, owner: str, numbers: Collection[int]
) -> Iterator[Sequence[Content]]:
    """The rows that belong to these operations, in their order, which is that of the table."""
    first, last = _range(connection, table, owner, numbers)
    if first is None:
        return
    rows = _rows(connection, table, owner, numbers)
    rows = rows.where(table.c.id.between(first, last)).order_by(table.c.id)
    with connection.execute(rows, execution_options={"yield_per": ROWS_A_PAGE}) as found:
        yield from found.partitions()


def _range(
    connection: Connection, table: Table, owner: str, numbers: Collection[int]
) -> tuple[int | None, int | None]:
    """From where to where they stand in the table, so that it can be read in its own order."""
    if not numbers:
        return None, None
    # Counted too: for the ends alone, PostgreSQL would walk from the table's beginning to the first one.
    ends = select(func.min(table.c.id), func.max(table.c.id), func.count())
    first, last, _rows = connection.execute(ends.where(table.c[owner].in_(numbers))).one()
    return first, last


def _rows(
    connection: Connection, table: Table, owner: str, numbers: Collection[int]
) -> Select[int, *tuple[str, ...]]:
    dialect = connection.dialect.name
    texts = [_text(table, name, dialect) for name in (*SEALED[table], *ADDED[table])]
    return select(table.c[owner], *texts).where(table.c[owner].in_(numbers))


def _text(table: Table, name: str, dialect: str) -> Expression:
    """A column as a text that is the same whenever its value is the same, and nothing where it has none."""
    value: Expression = column_named(name, _selectable=table)
    if dialect == "postgresql":
        if isinstance(table.c[name].type, DateTime):  # whatever style of dates the server is set to
            return func.to_char(value, literal_column("'YYYY-MM-DD HH24:MI:SS.US'"), type_=String)
        return cast(value, postgresql.TEXT)
    if dialect == "sqlite":  # any column can hold anything there
        as_hex = literal_column("'x'").concat(func.hex(value))
        return case((func.typeof(value) == "blob", as_hex), else_=cast(value, String))
    return cast(value, String)
