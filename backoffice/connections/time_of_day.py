"""Reading the time that it is for a database."""

from typing import Any

from sqlalchemy.engine.interfaces import DBAPIConnection

from backoffice.clock import note_time, running


def read_time(connection: DBAPIConnection, statement: str) -> Any:
    """Take the first column of the row that this selects for the time; gives the row."""
    asked, cursor = running(), connection.cursor()
    cursor.execute(statement)
    (row,) = cursor.fetchall()
    cursor.close()
    note_time(row[0], asked)
    return row
