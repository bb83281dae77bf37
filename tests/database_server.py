"""A database server of the suite's own, of whichever kind: see `servers.py`."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Self

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from tests.commands.servers import free_port
from tests.small_disk import IS_ROOT, SmallDisk

SECONDS = 60
HOST = "127.0.0.1"
DATABASE = "backoffice"


class Died(Exception):
    """A server has ended by itself; it says what its log says at its end."""


class DatabaseServer(ABC):
    """A server on a port of its own, with an empty database whose owner is no superuser.

    With `megabytes` that database stands on a file system of so many, which can be filled up.
    """

    user: str  # who runs it where root may not
    driver: str
    superuser: str
    owner = "owner"

    def __init__(self, megabytes: int | None = None) -> None:
        self.require()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="backoffice-server-"))
        self.data = self.folder / "data"
        self.folder.chmod(0o755)
        self._own(self.folder)
        self.megabytes = megabytes
        self._disk: SmallDisk | None = None
        self._reviving = Lock()
        self._make()
        self.start()
        self._make_database()

    # Where it is

    @property
    def url(self) -> str:
        """The address of the database, as its owner."""
        return self.address(self.port).render_as_string(hide_password=False)

    def address(self, port: int) -> URL:
        """The same at another port, where a proxy leads to this one perhaps."""
        return URL.create(self.driver, self.owner, host=HOST, port=port, database=DATABASE)

    def run(self, *statements: str, database: str | None = None) -> list[Any]:
        """The rows of the last of these statements, which the superuser says, past any proxy."""
        address = URL.create(self.driver, self.superuser, host=HOST, port=self.port, database=database)
        try:
            return said(address, *statements)
        except DBAPIError:
            if self._has_died:
                raise Died(self._log_end()) from None
            raise

    @property
    def _has_died(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def _log_end(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-3_000:]

    # Being there

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = self._popen(self._command(), log)
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self._log_end()
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            return bool(self.run("SELECT 1"))
        except DBAPIError:
            return False

    def revive(self) -> None:
        """Start it again where it has died by itself, as whoever watches over servers does."""
        with self._reviving:
            if self._has_died and not (self._disk and self._disk.is_full):
                self.start()

    def kill(self) -> None:
        """End it with -9, with all its processes."""
        if self._process and not self._has_died:
            numbers, process, self._process = self.processes, self._process, None
            send(numbers, signal.SIGKILL)
            process.wait(SECONDS)

    def stop(self) -> None:
        """Have it do nothing any more, as where its machine is suspended; its connections stay."""
        send(self.processes, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it do again what it does."""
        send(reversed(self.processes), signal.SIGCONT)

    @property
    def processes(self) -> list[int]:
        """The number of its process, which starts the others, and then theirs."""
        assert self._process
        first = self._process.pid
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]

    # What it may do

    @abstractmethod
    def make_read_only(self) -> None:
        """Refuse every change, over connections that there are too."""

    @abstractmethod
    def make_writable(self) -> None:
        """Take changes again."""

    def fill_up(self) -> None:
        """Leave no room on the disk of the database."""
        assert self._disk
        self._disk.fill_up()

    def make_room(self) -> None:
        """Leave again the room that there was; one that has died of having none is started again."""
        assert self._disk
        self._disk.make_room()
        self.revive()

    @abstractmethod
    def replica(self) -> "DatabaseServer":
        """Another server, which follows this one and takes no changes of its own."""

    @abstractmethod
    def promote(self) -> None:
        """Follow nobody any more, and take changes."""

    def close(self) -> None:
        """End it, and leave nothing of it."""
        self.kill()
        if self._disk:
            self._disk.close()
        shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # How it is made

    @classmethod
    @abstractmethod
    def require(cls) -> None:
        """Skip, by name, where there is no such server on this machine."""

    @property
    @abstractmethod
    def _room(self) -> Path:
        """Where the file system is mounted that can be filled up."""

    @abstractmethod
    def _make(self) -> None: ...

    @abstractmethod
    def _make_database(self) -> None: ...

    @abstractmethod
    def _command(self) -> list[str]: ...

    def _mount(self) -> None:
        if self.megabytes is not None:
            self._disk = SmallDisk(self._room, self.megabytes, self.user)

    def _own(self, path: Path) -> None:
        if IS_ROOT:
            shutil.chown(path, self.user, self.user)

    def _run_program(self, *command: str) -> None:
        made = self._popen(list(command), subprocess.PIPE)
        said, _ = made.communicate()
        assert made.returncode == 0, said

    def _popen(self, command: list[str], output: Any) -> "subprocess.Popen[bytes]":
        drop = [f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"] if IS_ROOT else []
        return subprocess.Popen(
            # It ends with the suite, however that ends.
            ["setpriv", *drop, "--pdeathsig=KILL", *command],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def send(processes: Iterable[int], number: int) -> None:
    """Send a signal to them, in this order."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def said(address: URL, *statements: str) -> list[Any]:
    """The rows of the last of these statements, over a connection of their own."""
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    rows: list[Any] = []
    with engine.connect() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            rows = list(result) if result.returns_rows else []
    return rows
