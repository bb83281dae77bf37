"""A console on a server of the suite's own, behind a proxy: its worker is a process that can die."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from flask import Flask

from backoffice import create_app
from backoffice.extensions import db
from backoffice.work import pace
from tests.commands.servers import Group, application, begin
from tests.conftest import migrate, settings
from tests.database_server import DATABASE, DatabaseServer
from tests.proxy import Proxy
from tests.servers import SERVERS

MEGABYTES = 400
# How long anything may take here, on a machine that is busy with something else.
SECONDS = 180
STATEMENT_SECONDS = 5
# Chunks so small that there is always something between the first and the last.
ROWS_A_CHUNK = 200


class Progress(NamedTuple):
    """How far an operation has come."""

    rows: int
    state: str

    @property
    def is_over(self) -> bool:
        return self.state not in ("waiting", "running")


class Stage:
    """A migrated database on a server, a proxy in front of it, and a worker that knows the proxy only."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._stack, self._folder = ExitStack(), folder
        self.server: DatabaseServer = self._stack.enter_context(SERVERS[kind](MEGABYTES))
        self.proxy = Proxy(self.server.port)
        self._stack.callback(self.proxy.close)
        migrate(self.server.url)
        self._replica: DatabaseServer | None = None
        self.worker: Group | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.worker:
            self.worker.kill()
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
        }

    def start_worker(self) -> None:
        """Start the worker, under the name that it had."""
        self.worker = Group(be_worker, self.environ)

    def kill_worker(self) -> None:
        """End it with -9."""
        assert self.worker
        self.worker.kill()

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
        """What the database says, whatever the proxy does."""
        return self.server.run(question, database=DATABASE)

    def progress(self, operation_id: int) -> Progress:
        """How far an operation has come."""
        table = "SELECT changed_rows, state FROM backoffice_operation"
        return Progress(*self.ask(f"{table} WHERE id = {operation_id}")[0])

    def stands_still(self, operation_id: int) -> bool:
        """Whether an operation has come no further in a second."""
        before = self.progress(operation_id)
        time.sleep(1)
        return self.progress(operation_id) == before


def be_worker(environ: dict[str, str]) -> None:
    """Be the worker of this name, which does little at once."""
    pace.MOST_ROWS = ROWS_A_CHUNK
    begin(environ)
    application().test_cli_runner().invoke(args=["worker", "--name", "the one"])


def seconds_until(condition: Callable[[], bool]) -> float:
    """How long it takes until something is so."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < SECONDS, "this never comes to an end"
        time.sleep(0.02)
    return time.monotonic() - begun
