"""Times in files: ISO 8601 in UTC, with the letter that says so, as Python and as PostgreSQL write them.

What that form cannot say (`infinity`, years before the first or after 9999) is left as PostgreSQL has it.
Python has no such times at all.
"""

from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Date, DateTime, Text, case, cast, func


def time_text(moment: datetime) -> str:
    """`2026-03-01T12:00:00.000000Z`; a naive time is one in UTC already."""
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def is_time(column: ColumnElement[object]) -> bool:
    """Whether the column holds times or dates."""
    return isinstance(column.type, (DateTime, Date))


def time_in_postgresql(column: ColumnElement[object]) -> ColumnElement[object]:
    """The text of a time, or of a date without one, made by PostgreSQL."""
    can_be_said = column.between(*_ends(column.type))
    return case((can_be_said, func.to_char(_in_utc(column), _form(column.type))), else_=cast(column, Text))


def _ends(kind: object) -> tuple[date, date]:
    # Naive, as the column's times mostly are; the connection is in UTC for those that are not.
    return (date.min, date.max) if isinstance(kind, Date) else (datetime.min, datetime.max)  # noqa: DTZ901


def _in_utc(column: ColumnElement[object]) -> object:
    return func.timezone("UTC", column) if getattr(column.type, "timezone", False) else column


def _form(kind: object) -> str:
    return "YYYY-MM-DD" if isinstance(kind, Date) else 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
