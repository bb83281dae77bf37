"""The server's own answers: like ours, plain, with all headers, and without what was sent."""

from typing import NamedTuple

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException

from backoffice.console.http import ENCRYPTION, HEADERS


class PlainAnswer(NamedTuple):
    """A status with its words, and what it says to the person."""

    status: int
    reason: str
    message: str

    def to_bytes(self, *, encrypted: bool) -> bytes:
        """The answer as it is sent; `encrypted` where the console is reached over HTTPS."""
        headers = {
            **HEADERS,
            **(ENCRYPTION if encrypted else {}),
            "Cache-Control": "no-store",
            "Connection": "close",
            "Content-Length": str(len(self.message)),
            "Content-Type": "text/plain; charset=utf-8",
        }
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {headers[name]}" for name in headers)]
        return ("\r\n".join(lines) + f"\r\n\r\n{self.message}").encode()


UNREADABLE = PlainAnswer(400, "Bad Request", "This request could not be read.")
TOO_SLOW = PlainAnswer(408, "Request Timeout", "This request took too long to arrive. Please send it again.")
TOO_LONG = PlainAnswer(414, "URI Too Long", "This address is too long.")
TOO_MUCH = PlainAnswer(
    431,
    "Request Header Fields Too Large",
    "Your browser sends too much along. Please delete cookies.",
)
FAILED = PlainAnswer(500, "Internal Server Error", "Something went wrong. It has been logged.")
NO_ROOM = PlainAnswer(503, "Service Unavailable", "There is no room for this just now. Please try again.")


def answer_to(error: ParseException) -> PlainAnswer:
    """What is said of something that is no request."""
    if isinstance(error, LimitRequestLine):
        return TOO_LONG
    return TOO_MUCH if isinstance(error, LimitRequestHeaders) else UNREADABLE
