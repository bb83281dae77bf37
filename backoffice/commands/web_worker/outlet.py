"""Where an answer goes out: a thread waits for the client only where much of it is left."""

import select
import socket
from collections import deque

from backoffice.commands.web_worker.pace import Pace

# So much of an answer may wait for its client without a thread: more than any page.
MOST_UNSENT = 1024 * 1024


class ClientGone(Exception):
    """Nobody takes this answer any more, or not in time."""


class Outlet:
    """A socket that never blocks, to which a thread writes as if it did, and then the poller the rest."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock, self._seconds = sock, seconds
        self._pieces: deque[memoryview] = deque()
        self.unsent = 0
        self._is_shut = False
        self.pace = Pace(seconds)

    def sendall(self, data: bytes) -> None:
        """Send it, now or later. Raises ClientGone where too much of what was to go before is not taken."""
        if not self.unsent:
            self.pace = Pace(self._seconds)
        if data:
            self._pieces.append(memoryview(data))
            self.unsent += len(data)
        self.flush()
        while self.unsent > MOST_UNSENT:
            self._wait()
            self.flush()

    def flush(self) -> None:
        """Send what can be sent at once. Raises ClientGone, and does so ever after."""
        if self._is_shut:
            raise ClientGone
        try:
            while self._pieces:
                self._send(self._pieces.popleft())
        except BlockingIOError:
            return
        except OSError as error:
            self._is_shut = True
            raise ClientGone from error

    def _send(self, piece: memoryview) -> None:
        rest = piece
        try:
            while rest:
                sent = self._sock.send(rest)
                self.pace.move(sent)
                self.unsent -= sent
                rest = rest[sent:]
        finally:
            if rest:
                self._pieces.appendleft(rest)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        if not poll.poll(self.pace.left * 1_000):
            self._is_shut = True
            raise ClientGone("it does not take its answer")
