"""A request as it arrives: first its head, then its body. It is fed, and never waits."""

from functools import partial
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import (
    InvalidHeader,
    InvalidRequestLine,
    LimitRequestHeaders,
    LimitRequestLine,
    NoMoreData,
)
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from backoffice.commands.web_worker.body import Body, ChunkedBody

LINE_END, HEAD_END = b"\r\n", b"\r\n\r\n"
# Nobody's cookies come to this; the application says in words what is too much of it.
LONGEST_HEAD = 128 * 1024
LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class Arrival:
    """The request with this number on a connection; `buffer` is what has come and is not taken yet.

    gunicorn reads the head, once it is whole. Its ParseException is raised for what is no request.
    """

    def __init__(self, cfg: Any, client: object, number: int = 1, buffer: bytes | bytearray = b"") -> None:
        self.buffer = bytearray(buffer)
        self.number = number
        self.request: Any = None
        self.body: Body | None = None
        self._cfg, self._client = cfg, client
        self._may_begin_empty = True

    @property
    def has_begun(self) -> bool:
        """Whether any of it is here."""
        return self.request is not None or bool(self.buffer)

    @property
    def has_body(self) -> bool:
        """Whether anything is to follow its head."""
        return getattr(self.request.body.reader, "length", 1) > 0

    def take_head(self) -> bool:
        """Read the head, if it is whole; whether it is."""
        self._skip_empty_line()
        if self.buffer and self.buffer[0] not in LETTERS:
            raise InvalidRequestLine(bytes(self.buffer[:20]))
        end = self.buffer.find(HEAD_END)
        self._check_length(end)
        if end < 0:
            return False
        head = bytes(self.buffer[: end + len(HEAD_END)])
        del self.buffer[: len(head)]
        self._read(head)
        return True

    def take_body(self) -> bool:
        """Take what has come of the body, if one is expected; whether it is whole. Raises TooLong."""
        return self.body is None or self.body.take(self.buffer)

    @property
    def held(self) -> int:
        """How many bytes of it are here."""
        return len(self.buffer) + (self.body.size if self.body else 0)

    def expect(self, longest: int) -> Body:
        """The body that is to follow; one of which the head does not say the length may be `longest`."""
        reader = self.request.body.reader
        if isinstance(reader, ChunkedReader):
            check = partial(self.request.parse_headers, from_trailer=True)
            self.body = ChunkedBody(longest, check)
        else:
            self.body = Body(reader.length)
        return self.body

    def close(self) -> None:
        """Let go of what has come of the body."""
        if self.body:
            self.body.file.close()

    def _skip_empty_line(self) -> None:
        """Before a request there may be one, which old browsers send after a form."""
        if self._may_begin_empty and self.buffer.startswith(LINE_END):
            del self.buffer[: len(LINE_END)]
            self._may_begin_empty = False

    def _check_length(self, end: int) -> None:
        line, limit = self.buffer.find(LINE_END), self._cfg.limit_request_line
        if line < 0 and len(self.buffer) > limit + len(LINE_END):
            raise LimitRequestLine(len(self.buffer), limit)
        if (len(self.buffer) if end < 0 else end) > LONGEST_HEAD:
            raise LimitRequestHeaders("all headers together")
        if end < 0 and self.buffer.count(b"\n") != self.buffer.count(LINE_END):
            raise InvalidHeader("bare LF as line terminator")

    def _read(self, head: bytes) -> None:
        try:
            self.request = Request(self._cfg, IterUnreader([head]), self._client, self.number)
        except NoMoreData as error:
            raise InvalidRequestLine(head[:20]) from error
