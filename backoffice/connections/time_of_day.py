"""Reading the time that it is for a database."""

from sqlalchemy.engine.interfaces import DBAPIConnection

from backoffice.clock import note_time, running


def read_time(connection: DBAPIConnection, statement: str) -> None:
    """Take the first column of what this selects for the time."""
    asked, cursor = running(), connection.cursor()
    cursor.execute(statement)
    (row,) = cursor.fetchall()
    cursor.close()
    note_time(row[0], asked)
