"""All rows of a list as a stream of bytes: the first at once, the memory flat, the connection freed."""

from collections.abc import Callable, Generator, Iterable, Iterator
from time import monotonic
from typing import Any

from sqlalchemy import Engine, Result, Row, text
from sqlalchemy.orm import Session

from backoffice.listing import Listing
from backoffice.listing.text import MARIADB

CHUNK_CHARACTERS = 64 * 1024
# How often it is asked whether the person still may have the file.
ASK_SECONDS = 1.0

Line = Callable[[Row[Any]], str]
# Raises where they may not.
Ask = Callable[[], None]


def stream(
    listing: Listing, engine: Engine, head: str, line: Line, ask: Ask = lambda: None
) -> Generator[bytes]:
    """`head`, and then the line of each row, in pieces of about 64 KB.

    All rows are those of one moment, read over a connection of its own. A failure on the way is raised, so
    that the transfer breaks instead of ending early; what `ask` raises, too, which is asked about once a
    second. Closing the generator frees the connection.
    """
    yield head.encode()
    session = Session(engine)
    try:
        driver = session.connection().connection.dbapi_connection
        _lift_time_limit(session)
        rows = listing.rows(session)
        try:
            yield from _asking(_chunks(map(line, rows)), ask)
        finally:
            _stop_reading(driver, rows)
    finally:
        # Not back into the pool, since it has no time limit any more.
        session.invalidate()


def _lift_time_limit(session: Session) -> None:
    """MariaDB counts the time of sending as well; the others count that of each piece that is fetched."""
    if session.get_bind().dialect.name in MARIADB:
        session.execute(text("SET SESSION max_statement_time = 0"))


def _asking(pieces: Iterable[bytes], ask: Ask) -> Iterator[bytes]:
    asked = monotonic()
    for piece in pieces:
        if monotonic() - asked >= ASK_SECONDS:
            ask()
            asked = monotonic()
        yield piece


def _chunks(lines: Iterable[str]) -> Iterator[bytes]:
    gathered: list[str] = []
    size = 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size >= CHUNK_CHARACTERS:
            yield "".join(gathered).encode()
            gathered, size = [], 0
    if gathered:
        yield "".join(gathered).encode()


def _stop_reading(driver: Any, rows: Result[Any]) -> None:
    # Left to itself, PyMySQL first reads to the end whatever was asked for, be it millions of rows.
    unread = getattr(driver, "_result", None)
    if unread is not None:
        unread.unbuffered_active = False
    rows.close()
