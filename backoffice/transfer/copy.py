"""CSV that PostgreSQL makes itself with COPY, byte for byte as `csv.py` would."""

from collections.abc import Generator
from itertools import islice
from typing import Any

from sqlalchemy import (
    CHAR,
    Boolean,
    ColumnElement,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from backoffice.listing import Listing
from backoffice.statements import AnySelect, Expression
from backoffice.transfer.formulas import GUARDED, MARK
from backoffice.transfer.rows import WRITTEN_ROWS
from backoffice.transfer.times import is_time, time_in_postgresql


def can_copy(session: Session, listing: Listing) -> bool:
    """Whether the database is PostgreSQL and can write all that the listing shows as Python does.

    It must not be in an encoding that lacks what begins formulas; and what is searched by must be what is
    sent, not be made into that by a type first.
    """
    if session.get_bind().dialect.name != "postgresql":
        return False
    is_utf8 = _driver(session).info.parameter_status("server_encoding") == "UTF8"
    is_known = all(is_time(column.shown) or _is_known(column.shown.type) for column in listing.columns.shown)
    return is_utf8 and is_known and _is_sent_as_it_is(session, listing)


def copy_rows(session: Session, listing: Listing) -> Generator[bytes]:
    """The lines of all rows, some at a time. Closing it cancels the statement."""
    cells = [_cell(column.shown) for column in listing.columns.shown]
    statement = listing.select(session).with_only_columns(*cells, maintain_column_froms=True)
    compiled = _compile(session, statement)
    with _driver(session).cursor() as cursor:
        # The whole file is one statement.
        cursor.execute("SET LOCAL statement_timeout = 0")
        with cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params) as copy:
            lines = iter(copy)
            while block := b"".join(islice(lines, WRITTEN_ROWS)):
                yield block


def _is_known(kind: TypeEngine[object]) -> bool:
    # Python writes fractions, and PostgreSQL blanks at the end, in a way of their own.
    if isinstance(kind, CHAR) or (isinstance(kind, Numeric) and not kind.asdecimal):
        return False
    return isinstance(kind, (Boolean, Integer, LargeBinary, Numeric, String, Uuid))


def _cell(column: ColumnElement[object]) -> Expression:
    """What COPY writes as `csv_line` writes the values of a column whose type is known."""
    if is_time(column):
        return time_in_postgresql(column)
    match column.type:
        case Integer() | Numeric():
            return column
        case LargeBinary():
            return func.encode(column, "hex")
        case String():
            return _guarded(cast(column, Text))
    return cast(column, Text)


def _guarded(text: ColumnElement[str]) -> ColumnElement[str]:
    return case((text.regexp_match(GUARDED), literal(MARK).concat(text)), else_=text)


def _is_sent_as_it_is(session: Session, listing: Listing) -> bool:
    dialect = session.get_bind().dialect
    sent = _compile(session, listing.select(session)).bind_names
    return all(each.type.dialect_impl(dialect).bind_processor(dialect) is None for each in sent)


def _compile(session: Session, statement: AnySelect) -> Any:
    return statement.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})


def _driver(session: Session) -> Any:
    return session.connection().connection.dbapi_connection
