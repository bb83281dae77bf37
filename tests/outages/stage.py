"""A console on a server of the suite's own, behind a proxy: its processes can die, and its queue can."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

from flask import Flask

from backoffice import clock, create_app
from backoffice.connections import sqlite
from backoffice.extensions import db
from backoffice.work import pace
from tests.commands.servers import Group, application, begin, connected, free_port, serve
from tests.conftest import migrate, settings
from tests.database_server import DATABASE, DatabaseServer, Died
from tests.databases import missing
from tests.outages.sqlite import OtherWriter, SqliteFile
from tests.proxy import Proxy
from tests.servers import SERVERS

SERVERS_AND_SQLITE: dict[str, Callable[[int], Any]] = {"sqlite": SqliteFile, **SERVERS}
MEGABYTES = 400
# How long anything may take here, on a machine that is busy with something else.
SECONDS = 180
STATEMENT_SECONDS = 5
# Chunks so small that there is always something between the first and the last.
ROWS_A_CHUNK = 100


class Progress(NamedTuple):
    """How far an operation has come."""

    rows: int
    state: str

    @property
    def is_over(self) -> bool:
        return self.state not in ("waiting", "running")


class Stage:
    """A migrated database on a server, a proxy in front of it, and processes that know the proxy only."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._stack, self._folder = ExitStack(), folder
        self.server: Any = self._stack.enter_context(SERVERS_AND_SQLITE[kind](MEGABYTES))
        self.proxy: Any = OtherWriter(self.server.file) if kind == "sqlite" else Proxy(self.server.port)
        self._stack.callback(self.proxy.close)
        migrate(self.server.url)
        self._replica: DatabaseServer | None = None
        self.queue: Queue | None = None
        self.worker: Group | None = None
        self.web: Group | None = None
        self.web_port = free_port()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for group in (self.worker, self.web):
            if group:
                group.kill()
        self._stack.close()

    # The console

    @contextmanager
    def console(self) -> Iterator[Flask]:
        """The context of an application that reaches the server past the proxy."""
        app = create_app(settings(self.server.url, BACKGROUND_ROWS="100"))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    @property
    def environ(self) -> dict[str, str]:
        """What the console's processes are told."""
        address = self.server.address(self.proxy.port)
        return {
            "DATABASE_URL": address.render_as_string(hide_password=False),
            "TEST_QUEUE_FILE": str(self._folder / "queue.db"),
            "STATEMENT_TIMEOUT_SECONDS": str(STATEMENT_SECONDS),
            "BACKGROUND_ROWS": "100",
            "PORT": str(self.web_port),
            "REDIS_URL": self.queue.url if self.queue else "",
        }

    def start_worker(self, **environ: str) -> None:
        """Start the worker, under the name that it had."""
        self.worker = Group(be_worker, self.environ | environ)

    def kill_worker(self) -> None:
        """End it with -9."""
        assert self.worker
        self.worker.kill()

    def start_web(self, **environ: str) -> None:
        """Start what serves the pages, where it was."""
        self.web = Group(be_web, self.environ | environ)

    def kill_web(self) -> None:
        """End all of it with -9."""
        assert self.web
        self.web.kill()

    def start_queue(self) -> None:
        """Have a queue of its own that can die, in place of a file."""
        self.queue = self._stack.enter_context(Queue(self._folder))

    # The server

    def be_followed(self) -> None:
        """Have a replica that is ready to take the server's place."""
        self._replica = self._stack.enter_context(self.server.replica())

    def fail_over(self) -> None:
        """Let the server die, and its replica take its place."""
        assert self._replica
        self.server.kill()
        self._replica.promote()
        self.server, self._replica = self._replica, None
        self.proxy.lead_to(self.server.port)

    def ask(self, question: str) -> list[Any]:
        """What the database says, past the proxy; a server that has died by itself is started again."""
        try:
            rows: list[Any] = self.server.run(question, database=DATABASE)
        except Died:
            self.server.revive()
            rows = self.server.run(question, database=DATABASE)
        return rows

    def progress(self, operation_id: int) -> Progress:
        """How far an operation has come."""
        table = "SELECT changed_rows, state FROM backoffice_operation"
        return Progress(*self.ask(f"{table} WHERE id = {operation_id}")[0])

    def stands_still(self, operation_id: int) -> bool:
        """Whether an operation has come no further in a second, or the server has died of it."""
        try:
            before = self.progress(operation_id)
            time.sleep(1)
            return self.progress(operation_id) == before
        except Died:
            return True


class Queue:
    """A Redis that can die, and then knows nothing any more."""

    def __init__(self, folder: Path) -> None:
        if not shutil.which("redis-server"):
            missing("a Redis of the suite's own")
        self._folder, self._port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        """Start it; it is connected to when it is there."""
        place = ("--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder))
        self._process = subprocess.Popen(
            ["redis-server", *place, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        connected(self._port).close()

    def kill(self) -> None:
        """End it with -9."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def be_web(environ: dict[str, str]) -> None:
    """Be what serves the pages."""
    be_ahead(environ)
    serve(environ)


def be_worker(environ: dict[str, str]) -> None:
    """Be the worker of this name, which does little at once."""
    be_ahead(environ)
    pace.MOST_ROWS = ROWS_A_CHUNK
    begin(environ)
    application().test_cli_runner().invoke(args=["worker", "--name", "the one"])


def be_ahead(environ: dict[str, str]) -> None:
    """Be on a machine whose clock is so many seconds ahead."""
    ahead, right = timedelta(seconds=int(environ.get("TEST_SECONDS_AHEAD", "0"))), clock.machine_time
    for module in (clock, sqlite):
        vars(module)["machine_time"] = lambda: right() + ahead


def seconds_until(condition: Callable[[], bool]) -> float:
    """How long it takes until something is so."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < SECONDS, "this never comes to an end"
        time.sleep(0.02)
    return time.monotonic() - begun
