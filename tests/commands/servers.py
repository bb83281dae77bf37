"""Servers and workers in processes of their own, forked, so that they are there at once."""

import os
import runpy
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flask import Flask

import config
from backoffice import create_app
from tests.processes import FORKS

SECONDS = 60


def serve(environ: dict[str, str]) -> None:
    """Be gunicorn, with the settings of ours, and the leader of its own processes."""
    begin(environ)
    settings = "python:backoffice.commands.gunicorn_settings"
    sys.argv = ["gunicorn", "--config", settings, f"{__name__}:application()"]
    runpy.run_module("gunicorn", run_name="__main__")


def work(environ: dict[str, str]) -> None:
    """Be a worker."""
    begin(environ)
    application().test_cli_runner().invoke(args=["worker"])


def begin(environ: dict[str, str]) -> None:
    os.setpgid(0, 0)
    os.environ |= {"BACKOFFICE_ENV": "testing", "SECRET_KEY": "k" * 40, "WEB_PROCESSES": "1", **environ}


def application() -> Flask:
    return create_app({**config.load(), "QUEUE_FILE": Path(os.environ["TEST_QUEUE_FILE"])})


class Group:
    """A process of ours and those that it starts."""

    def __init__(self, be: Callable[[dict[str, str]], None], environ: dict[str, str]) -> None:
        self._process = FORKS.Process(target=be, args=(environ,))
        self._process.start()

    def send(self, number: int) -> None:
        assert self._process.pid
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End all of them at once, as where their machine is gone."""
        if self._process.is_alive():
            with suppress(ProcessLookupError):  # it has only just begun, and leads nobody yet
                self.send(signal.SIGKILL)
            self._process.kill()
            self._process.join(SECONDS)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


def connected(port: int) -> socket.socket:
    """A connection to a server that is about to be there."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), SECONDS)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "nothing is served"
            time.sleep(0.02)
