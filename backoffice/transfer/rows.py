"""The rows of a listing on their way into a file."""

from collections.abc import Generator, Sequence

from sqlalchemy import ColumnElement, Connection, Enum, Result, String, text, type_coerce
from sqlalchemy.orm import Session

from backoffice.listing import MARIADB, Listing
from backoffice.statements import AnyRow, AnySelect
from backoffice.transfer.times import is_time, time_in_postgresql

FETCHED_ROWS = 1_000
# Written at once: few enough that long texts do not add up.
WRITTEN_ROWS = 200


def read_rows(session: Session, listing: Listing) -> Generator[Sequence[AnyRow]]:
    """All rows of the listing in its order, some at a time. Closing it stops the database at once."""
    connection = session.connection()
    driver = connection.connection.dbapi_connection
    _lift_time_limit(connection)
    statement = _statement(session, listing)
    rows = connection.execute(statement, execution_options={"yield_per": FETCHED_ROWS})
    try:
        for fetched in rows.partitions():
            for first in range(0, len(fetched), WRITTEN_ROWS):
                yield fetched[first : first + WRITTEN_ROWS]
    finally:
        _stop_reading(driver, rows)


def _lift_time_limit(connection: Connection) -> None:
    """MariaDB counts the time of sending as well; the others count that of each piece that is fetched."""
    if connection.dialect.name in MARIADB:
        connection.execute(text("SET SESSION max_statement_time = 0"))


def _statement(session: Session, listing: Listing) -> AnySelect:
    dialect = session.get_bind().dialect.name
    columns = [_readable(column.shown, dialect) for column in listing.columns.shown]
    return listing.select(session).with_only_columns(*columns, maintain_column_froms=True)


def _readable(column: ColumnElement[object], dialect: str) -> ColumnElement[object]:
    """What Python can hold, whatever stands in the column; of a choice the name that stands there."""
    if isinstance(column.type, Enum):
        return type_coerce(column, String())
    if dialect == "postgresql" and is_time(column):
        return time_in_postgresql(column)
    return column


def _stop_reading(driver: object, rows: Result[*tuple[object, ...]]) -> None:
    # Left to itself, PyMySQL first reads to the end whatever was asked for, be it millions of rows.
    unread = getattr(driver, "_result", None)
    if unread is not None:
        unread.unbuffered_active = False
    rows.close()
