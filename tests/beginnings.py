"""How many tests begin: made once in each database, and then put in again instead of made anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.engine import URL

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import AdminSession, Operation

Made = TypeVar("Made")
Rows = dict[Table, list[dict[str, Any]]]
# These are as old as they would be if they were made now; everything else as old as its own history says.
AGEING: tuple[Any, ...] = (Operation.__table__, AdminSession.__table__)


class Beginning(NamedTuple):
    """What was made, the rows that came of it, and when."""

    made: Any
    rows: Rows
    at: datetime


_known: dict[tuple[URL, str], Beginning] = {}


def begin(name: str, make: Callable[[], Made]) -> Made:
    """What `make` gives, as it was the first time that a test on this database began like this.

    Its rows are there afterwards. Where such rows stand in their way it makes others, as if there were no
    first time.
    """
    known = _known.get((db.engine.url, name))
    if known and _put_in(known):
        return known.made  # type: ignore[no-any-return]
    before, at = _all_rows(), utcnow()
    made = make()
    rows = {table: found for table, found in _all_rows().items() if found != before[table]}
    if not any(before[table] for table in rows):
        _known[db.engine.url, name] = Beginning(made, rows, at)
    return made


def _put_in(known: Beginning) -> bool:
    """Put the rows of a beginning into its tables, if these are empty."""
    with db.engine.begin() as connection:
        if any(_rows(connection, table) for table in known.rows):
            return False
        for table, rows in known.rows.items():
            passed = {name: utcnow() - known.at for name in _times(table)}
            aged = [
                row | {name: row[name] and row[name] + time for name, time in passed.items()} for row in rows
            ]
            connection.execute(insert(table), aged)
    return True


def _times(table: Table) -> list[str]:
    if table not in AGEING:
        return []
    return [column.name for column in table.columns if column.name.endswith("_at")]


def _all_rows() -> Rows:
    with db.engine.connect() as connection:
        return {table: _rows(connection, table) for table in db.metadata.sorted_tables}


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]
