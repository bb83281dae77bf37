"""gunicorn's worker: one thread waits for all clients, and the others answer whole requests.

A request gets a thread once all of it is there, and keeps it until its answer is made; what the client does
not take at once is sent from here. Only for a long download its thread waits.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from errno import EMFILE, ENFILE
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR, socket
from time import monotonic
from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import PollableMethodQueue

from backoffice.commands.web_worker.answering import answer
from backoffice.commands.web_worker.connection import Connection, Environ
from backoffice.commands.web_worker.descriptors import room_for
from backoffice.commands.web_worker.outlet import ClientGone
from backoffice.commands.web_worker.pace import Pace
from backoffice.commands.web_worker.plain_answer import NO_ROOM, TOO_SLOW, PlainAnswer, answer_to
from backoffice.commands.web_worker.waiting_room import Step, WaitingRoom
from backoffice.console.http import is_health_check, is_refused

# How often it is looked who is too late.
LOOK_SECONDS = 1.0
# After an answer the client is heard out for so long, and longer where it is still sending something.
PARTING_SECONDS, LONGEST_PARTING_SECONDS = 2.0, 120.0
# What all who are waited for may have lying here, in memory and in temporary files.
MOST_HELD = 128 * 1024 * 1024


class WebWorker(Worker):
    """A worker whose threads never wait for a client, but for the rest of a long download."""

    alive: bool

    @classmethod
    def check_config(cls, cfg: Any, _log: object) -> None:
        """Refuse what it does not do; gunicorn asks before it starts."""
        if cfg.is_ssl:
            sys.exit("certfile: HTTPS is for the proxy in front to speak, see docs/deploying.md.")

    def init_process(self) -> None:
        """Begin, in a process of its own. gunicorn comes back from here at the very end."""
        self._connections: set[Connection] = set()
        self._most = room_for(self.cfg.worker_connections)
        self._room = WaitingRoom()
        self._calls = PollableMethodQueue()
        self._calls.init()
        self._threads = ThreadPoolExecutor(self.cfg.threads, "request")
        # Whoever asks whether the process is well hears it while all the others are at work.
        self._health = ThreadPoolExecutor(1, "health")
        self._is_listening = False
        self._looked_at = monotonic()
        super().init_process()

    def run(self) -> None:
        """Serve until told to stop; then let what was begun come to its end."""
        # By now the settings have it; gunicorn would refuse whoever asks without it whether all is well.
        os.environ.pop("SCRIPT_NAME", None)
        self._seconds = self.wsgi.config["CLIENT_SECONDS"]
        self._room.listen(self._calls.fileno(), self._calls.run_callbacks)
        self._room.listen(self.PIPE[0], _empty)  # Python writes into it when a signal comes
        while self.alive and self._has_parent():
            self._turn()
        self._stop()

    def _turn(self) -> None:
        self.notify()
        self._listen(self.alive and (len(self._connections) < self._most or self._room.longest is not None))
        for step, connection in self._room.call(LOOK_SECONDS):
            self._take(step, connection)
        if monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = monotonic()
            self._part_with_late()

    def _has_parent(self) -> bool:
        return bool(self.ppid == os.getppid())

    def _take(self, step: Step, connection: Connection) -> None:
        """Have a connection take a step; where it cannot, it is at its end."""
        try:
            step(connection)
        except (OSError, ClientGone):
            self._close(connection)
        except Exception:
            self.log.exception("a connection has failed")
            self._close(connection)

    # Who is let in

    def _listen(self, wanted: bool) -> None:
        if wanted == self._is_listening:
            return
        self._is_listening = wanted
        for listener in self.sockets:
            if wanted:
                listener.setblocking(False)
                self._room.listen(listener, self._accept)
            else:
                self._room.ignore(listener)

    def _accept(self, listener: socket) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:  # mostly another process was faster, or the client is gone
            if error.errno in (EMFILE, ENFILE):
                self._make_room()
            return
        connection = Connection(self.cfg, sock, client, listener.getsockname(), self._seconds)
        self._connections.add(connection)
        if len(self._connections) > self._most:
            self._make_room()
        self._room.wait(connection, EVENT_READ, self._read)

    def _make_room(self) -> None:
        """Let go of whoever is waited for longest."""
        if longest := self._room.longest:
            self._close(longest)

    # A request, as it arrives

    def _read(self, connection: Connection) -> None:
        data = connection.receive()
        if not data:
            self._close(connection)
            return
        if not connection.arrival.has_begun:
            connection.pace = Pace(self._seconds)
        connection.arrival.buffer += data
        self._advance(connection)

    def _advance(self, connection: Connection) -> None:
        try:
            is_whole = connection.take_request(self._is_refused, self.wsgi.config["MAX_CONTENT_LENGTH"])
        except ParseException as error:
            client = connection.client
            self.log.warning("refused from %s: %s", client[0] if client else "a socket", type(error).__name__)
            self._say(connection, answer_to(error))
        except OSError:
            self.log.exception("a request could not be kept")
            self._say(connection, NO_ROOM)
        else:
            if is_whole:
                self._submit(connection)
            else:
                self._room.wait(connection, EVENT_READ, self._read)

    def _is_refused(self, environ: Environ) -> bool:
        return is_refused(self.wsgi, environ)

    def _say(self, connection: Connection, words: PlainAnswer) -> None:
        """Answer without the application, and listen no more."""
        connection.is_kept, connection.is_unread = False, True
        connection.outlet.sendall(self.plain(words))
        self._send(connection)

    def plain(self, words: PlainAnswer) -> bytes:
        """An answer of the server's own, as it is sent."""
        return words.to_bytes(encrypted=self.wsgi.config["SESSION_COOKIE_SECURE"])

    # Its answer

    def _submit(self, connection: Connection) -> None:
        self.nr += 1
        self.alive = self.alive and self.nr < self.max_requests
        threads = self._health if is_health_check(self.wsgi, connection.environ) else self._threads
        answered = threads.submit(answer, self, connection)
        answered.add_done_callback(lambda _: self._calls.defer(self._take, self._send, connection))

    def _send(self, connection: Connection) -> None:
        """Send what is left of the answer; then the next request, or the end."""
        connection.outlet.flush()
        if connection.outlet.unsent:
            connection.pace = connection.outlet.pace
            self._room.wait(connection, EVENT_WRITE, self._send)
        elif connection.is_kept:
            has_begun = bool(connection.arrival.buffer)
            silent = self.cfg.keepalive if self.alive else PARTING_SECONDS
            connection.run_operation(self._seconds if has_begun else silent)
            self._advance(connection)
        else:
            self._part(connection)

    # Its end

    def _part(self, connection: Connection) -> None:
        """Hear the client out: one that is cut short while it sends loses the answer with the connection."""
        connection.sock.shutdown(SHUT_WR)
        seconds, most = PARTING_SECONDS, PARTING_SECONDS
        if connection.is_unread:
            seconds, most = self._seconds, LONGEST_PARTING_SECONDS
        connection.pace = Pace(seconds, most)
        self._room.wait(connection, EVENT_READ, self._hear_out)

    def _hear_out(self, connection: Connection) -> None:
        if connection.receive():
            self._room.wait(connection, EVENT_READ, self._hear_out)
        else:
            self._close(connection)

    def _part_with_late(self) -> None:
        for connection in self._room.late():
            if self._room.leave(connection) == self._read and connection.arrival.has_begun:
                self._take(partial(self._say, words=TOO_SLOW), connection)
            else:
                self._close(connection)
        too_much = sum(connection.held for connection in self._connections) - MOST_HELD
        for connection in self._room.by_patience():
            if too_much > 0:
                too_much -= connection.held
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        self._room.leave(connection)
        self._connections.discard(connection)
        connection.close()

    def _stop(self) -> None:
        """Let nobody in, and all who are in have their answers: downloads, too, for as long as it takes."""
        self._listen(False)
        for listener in self.sockets:
            listener.close()
        for connection in self._room.by_patience():
            if not connection.arrival.has_begun:  # its next request may be on its way
                connection.pace = Pace(PARTING_SECONDS, PARTING_SECONDS)
        end = monotonic() + self.cfg.graceful_timeout
        while self._connections and monotonic() < end and self._has_parent():
            self._turn()
        if self._connections:
            self._leave()

    def handle_quit(self, _number: int, _frame: object) -> None:
        """End at once, as the signal says."""
        self.cfg.worker_int(self)
        self._leave()

    def _leave(self) -> None:
        """End although threads are at work. Python would wait for them."""
        os._exit(0)


def _empty(descriptor: int) -> None:
    with suppress(BlockingIOError):
        os.read(descriptor, 4_096)
