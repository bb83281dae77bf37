"""What comes after the head of a request, kept as it comes: a little in memory, more in a temporary file."""

import re
from collections.abc import Callable
from tempfile import SpooledTemporaryFile

from gunicorn.http.body import CHUNK_EXT_RE
from gunicorn.http.errors import ParseException

IN_MEMORY = 64 * 1024
SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*")
LONGEST_LINE = 1_024
# What the lines between the chunks may come to, beside as much as the chunks themselves.
MOST_FRAMING = 64 * 1024


class TooLong(Exception):
    """More than a request may hold."""


class NotChunked(ParseException):
    """What came is no chunk."""


class Body:
    """A body of a length that its head has said. `file` is what has come of it."""

    def __init__(self, length: int) -> None:
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed with the connection)
        self.size = 0
        self._left = length

    def take(self, buffer: bytearray) -> bool:
        """Take what belongs to it out of `buffer`; whether it is whole."""
        self._keep(buffer)
        if self._left:
            return False
        self.file.seek(0)
        return True

    def _keep(self, buffer: bytearray) -> None:
        piece = buffer[: self._left]
        del buffer[: self._left]
        self.file.write(piece)
        self.size += len(piece)
        self._left -= len(piece)


class ChunkedBody(Body):
    """A body that comes in chunks, whose length nobody knows before: `longest` at most.

    `take` raises TooLong and NotChunked, and what `check` raises for a trailer: nobody else asks for one.
    """

    def __init__(self, longest: int, check: Callable[[bytes], object]) -> None:
        super().__init__(0)
        self._longest, self._check = longest, check
        self._framing, self._trailer = 0, bytearray()
        self._step: Callable[[bytearray], bool] = self._take_size

    def take(self, buffer: bytearray) -> bool:
        while self._step(buffer):
            if self.size + self._left > self._longest:
                raise TooLong
        if self._step != self._end:
            return False
        self.file.seek(0)
        return True

    # Each step says whether it came to its end, and another one is to follow.

    def _take_size(self, buffer: bytearray) -> bool:
        line = self._line(buffer)
        if line is None:
            return False
        size, semicolon, rest = line.partition(b";")
        found = SIZE.fullmatch(size)
        if found is None or not CHUNK_EXT_RE.fullmatch(semicolon + rest):
            raise NotChunked
        self._left = int(found[1], 16)
        self._step = self._take_data if self._left else self._take_trailer
        return True

    def _take_data(self, buffer: bytearray) -> bool:
        self._keep(buffer)
        if self._left:
            return False
        self._step = self._take_line_end
        return True

    def _take_line_end(self, buffer: bytearray) -> bool:
        if len(buffer) < 2:
            return False
        if self._line(buffer) != b"":
            raise NotChunked
        self._step = self._take_size
        return True

    def _take_trailer(self, buffer: bytearray) -> bool:
        line = self._line(buffer)
        if line is None:
            return False
        if line:
            self._trailer += line + b"\r\n"
            return True
        if self._trailer:
            self._check(bytes(self._trailer[:-2]))
        self._step = self._end
        return False

    def _end(self, _: bytearray) -> bool:
        return False

    def _line(self, buffer: bytearray) -> bytes | None:
        """The next line without its end; None where it is not all there yet."""
        end = buffer.find(b"\r\n", 0, LONGEST_LINE)
        line = bytes(buffer[:end] if end >= 0 else buffer[:LONGEST_LINE])
        if b"\n" in line or (end < 0 and len(line) == LONGEST_LINE):
            raise NotChunked
        if end < 0:
            return None
        del buffer[: end + 2]
        self._framing += end + 2
        if self._framing > MOST_FRAMING + self.size:
            raise NotChunked
        return line
