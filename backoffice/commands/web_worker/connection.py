"""One connection of one client."""

import io
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.http.wsgi import create

from backoffice.commands.web_worker.arrival import Arrival
from backoffice.commands.web_worker.body import TooLong
from backoffice.commands.web_worker.outlet import Outlet
from backoffice.commands.web_worker.pace import Pace

READ_BYTES = 64 * 1024
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
Environ = dict[str, object]


class Connection:
    """Its socket, the request that is arriving on it, and the way out for the answer.

    `seconds` is how long it may stand still: see Pace.
    """

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: object, seconds: float) -> None:
        sock.setblocking(False)
        self.sock, self.client = sock, client
        self.arrival = Arrival(cfg, client)
        self.outlet = Outlet(sock, seconds)
        self.pace = Pace(seconds)
        # gunicorn's answer to the request, and what the application is told of it.
        self.response: Any = None
        self.environ: Environ = {}
        # Whether another request may follow, once the answer is sent.
        self.is_kept = False
        # Whether something was sent that nobody is going to read.
        self.is_unread = False
        self._cfg, self._server = cfg, server

    @property
    def held(self) -> int:
        """How many bytes lie here because of it."""
        return self.arrival.held + self.outlet.unsent

    def receive(self) -> bytes:
        """What has come; nothing at all where no more will. Raises BlockingIOError."""
        data = self.sock.recv(READ_BYTES)
        self.pace.move(len(data))
        return data

    def take_request(self, is_refused: Callable[[Environ], bool], longest: int) -> bool:
        """Take what has come of the request; whether it can be answered.

        That is as soon as its head is there where nothing follows, or where it `is_refused`. What follows is
        taken up to `longest`. Raises gunicorn's ParseException for what is no request.
        """
        if self.arrival.request is None:
            if not self.arrival.take_head():
                return False
            self._take_up()
            if not self.arrival.has_body:
                return True
            if is_refused(dict(self.environ)):
                return self._leave_unread()
            self._expect(longest)
        try:
            return self._take_body()
        except TooLong:
            self._say_length(longest + 1)
            return self._leave_unread()

    def _take_up(self) -> None:
        request = self.arrival.request
        # Who asks first whether to go on is told here, once it is decided, and not by gunicorn, at once.
        self._asks_first, request._expected_100_continue = request._expected_100_continue, False
        self.response, self.environ = create(request, self.outlet, self.client, self._server, self._cfg)
        self.environ["wsgi.multithread"] = True

    def _expect(self, longest: int) -> None:
        self.environ["wsgi.input"] = self.arrival.expect(longest).file
        if self._asks_first:
            self.outlet.sendall(CONTINUE)

    def _take_body(self) -> bool:
        is_whole = self.arrival.take_body()
        if is_whole and self.arrival.body:
            self._say_length(self.arrival.body.size)
        return is_whole

    def _say_length(self, length: int) -> None:
        """For the application it makes no difference how the body came."""
        self.environ["CONTENT_LENGTH"] = str(length)
        self.environ.pop("HTTP_TRANSFER_ENCODING", None)

    def _leave_unread(self) -> bool:
        self.environ["wsgi.input"] = io.BytesIO()
        self.response.force_close()
        self.is_unread = True
        return True

    def run_operation(self, seconds: float) -> None:
        """Begin anew, with what has come of another request already. It may be silent for so long."""
        self.arrival.close()
        self.arrival = Arrival(self._cfg, self.client, self.arrival.number + 1, self.arrival.buffer)
        self.pace = Pace(seconds)
        self.response, self.environ = None, {}

    def close(self) -> None:
        """Let go of it, at once."""
        self.arrival.close()
        self.sock.close()
