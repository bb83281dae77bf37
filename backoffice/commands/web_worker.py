"""gunicorn's worker, whose own answers are like ours: plain, with all headers, and without what was sent."""

import socket
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from backoffice.console.http import ENCRYPTION, HEADERS

TOO_LONG = (414, "URI Too Long", "This address is too long.")
TOO_MUCH = (
    431,
    "Request Header Fields Too Large",
    "Your browser sends too much along. Please delete cookies.",
)
UNREADABLE = (400, "Bad Request", "This request could not be read.")


class WebWorker(ThreadWorker):
    """A worker with threads. It answers itself what is no request that an application could see."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, reason, message = _answer(exc)
        self.log.warning("request from %s refused: %s", addr[0] if addr else "a socket", type(exc).__name__)
        try:
            encrypted = self.wsgi.config["SESSION_COOKIE_SECURE"]
            write_nonblock(client, _response(status, reason, message, encrypted=encrypted))
        except OSError:
            self.log.debug("nobody waited for the answer")


def _answer(error: ParseException) -> tuple[int, str, str]:
    if isinstance(error, LimitRequestLine):
        return TOO_LONG
    return TOO_MUCH if isinstance(error, LimitRequestHeaders) else UNREADABLE


def _response(status: int, reason: str, message: str, *, encrypted: bool) -> bytes:
    headers = {
        **HEADERS,
        **(ENCRYPTION if encrypted else {}),
        "Cache-Control": "no-store",
        "Connection": "close",
        "Content-Length": str(len(message)),
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + f"\r\n\r\n{message}").encode()
