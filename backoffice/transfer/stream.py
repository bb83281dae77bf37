"""A file as a stream of bytes: the first at once, the memory flat, the connection freed."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.orm import Session

CHUNK_BYTES = 64 * 1024
# How often it is asked whether the person still may have the file.
ASK_SECONDS = 1.0

# Bytes as they come: a line, or many.
Read = Callable[[Session], Generator[bytes]]
# Raises where they may not.
Ask = Callable[[], None]


def stream(engine: Engine, head: str, read: Read, ask: Ask = lambda: None) -> Generator[bytes]:
    """`head`, which may be nothing, and then what `read` gives, in pieces of 64 KB and a little more.

    All is read in one transaction over a connection of its own. A failure on the way is raised, so that the
    transfer breaks instead of ending early; what `ask` raises, too, which is asked about once a second.
    Closing the generator frees the connection.
    """
    yield head.encode()
    session = Session(engine)
    try:
        with closing(read(session)) as blocks:
            yield from _asking(_pieces(blocks), ask)
    finally:
        # Not back into the pool, since it has no time limit any more.
        session.invalidate()


def _asking(pieces: Iterable[bytes], ask: Ask) -> Iterator[bytes]:
    asked = monotonic()
    for piece in pieces:
        if monotonic() - asked >= ASK_SECONDS:
            ask()
            asked = monotonic()
        yield piece


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for block in blocks:
        gathered.append(block)
        size += len(block)
        if size >= CHUNK_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)
