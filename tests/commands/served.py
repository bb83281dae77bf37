"""The server of production in a process forked for a test, and clients that speak to it byte by byte."""

import os
import runpy
import select
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from tests.processes import FORKS
from tests.waiting import SECONDS


def be_gunicorn(environ: dict[str, str], listener: socket.socket) -> None:
    """Be gunicorn with the settings of ours, on a socket that listens already."""
    os.setpgid(0, 0)
    os.environ |= environ
    settings = "python:backoffice.commands.gunicorn_settings"
    sys.argv = ["gunicorn", "--config", settings, "--bind", f"fd://{listener.fileno()}"]
    sys.argv.append("backoffice:create_app()")
    runpy.run_module("gunicorn", run_name="__main__")


class Server:
    """A server on this socket, from the first page that it answers."""

    def __init__(self, listener: socket.socket, **environ: str) -> None:
        self.port: int = listener.getsockname()[1]
        self._first = f"{environ.get('APPLICATION_ROOT', '')}/login"
        defaults = {"BACKOFFICE_ENV": "testing", "SECRET_KEY": "k" * 40, "WEB_PROCESSES": "1"}
        self.process = FORKS.Process(target=be_gunicorn, args=({**defaults, **environ}, listener))
        self.process.start()
        self._clients: list[Client] = []

    def wait(self) -> None:
        """Until it answers."""
        assert self.page(self._first).startswith("HTTP/1.1 200")

    def page(self, path: str = "/login") -> str:
        """What it answers to somebody who asks for a page."""
        with self.client() as client:
            client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return client.rest()

    def client(self, *, receive: int | None = None) -> "Client":
        """A connection; `receive` is the most that waits at its end to be read."""
        self._clients.append(Client(self.port, receive))
        return self._clients[-1]

    def stop(self) -> None:
        """Ask it to end, as systemd does."""
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it with all its processes, and let all clients go."""
        for client in self._clients:
            client.close()
        if self.process.pid and self.process.is_alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join(SECONDS)


@contextmanager
def served(**environ: str) -> Iterator[Server]:
    """A server on a port of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=2_048) as listener:
        server = Server(listener, **environ)
    try:
        server.wait()
        yield server
    finally:
        server.kill()


class Client:
    """A client that says what it likes."""

    def __init__(self, port: int, receive: int | None = None) -> None:
        self.socket = socket.socket()
        if receive:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        self.socket.settimeout(SECONDS)
        self.socket.connect(("127.0.0.1", port))

    def send(self, text: str | bytes) -> Self:
        self.socket.sendall(text.encode("latin1") if isinstance(text, str) else text)
        return self

    def until(self, end: str) -> str:
        """What comes, up to this; all, where it does not come."""
        got = b""
        while not got.endswith(end.encode()) and (byte := self.socket.recv(1)):
            got += byte
        return got.decode("latin1")

    def rest(self) -> str:
        """All that comes until the server closes."""
        return b"".join(iter(lambda: self.socket.recv(65_536), b"")).decode("latin1")

    def is_closed(self) -> bool:
        """Whether the server has let go, by now."""
        self.socket.setblocking(False)
        try:
            while self.socket.recv(65_536):
                pass
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        finally:
            self.socket.settimeout(SECONDS)
        return True

    def has_answer(self) -> bool:
        """Whether there is anything to read, by now."""
        return bool(select.select([self.socket], [], [], 0)[0])

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def answered(client: Client) -> tuple[int, str, str]:
    """The status, the headers and the body of the answer that comes next, of a length that it says."""
    head = client.until("\r\n\r\n")
    status = int(head.split(" ", 2)[1])
    length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0] or 0)
    body = b""
    while len(body) < length:
        body += client.socket.recv(length - len(body))
    return status, head, body.decode("latin1")
