"""SQLite in the place of a server: a file on a small disk, and another writer that holds its only lock."""

import shutil
import sqlite3
import tempfile
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy.engine import URL

from tests.database_server import DATABASE, said
from tests.small_disk import SmallDisk

# How long the other writer needs each time where it is slow, and leaves in between.
BUSY, IDLE = 0.5, 0.1
PATIENCE = 60


class SqliteFile:
    """What a `DatabaseServer` is for the others; away is a file whose folder is."""

    port = 0

    def __init__(self, megabytes: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="backoffice-sqlite-"))
        self._disk = SmallDisk(self.folder / "small", megabytes)
        self._home, self._elsewhere = self._disk.path / "home", self._disk.path / "elsewhere"
        self._home.mkdir()

    @property
    def file(self) -> Path:
        return self._home / f"{DATABASE}.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def address(self, _port: int) -> URL:
        return URL.create("sqlite", database=str(self.file))

    def run(self, *statements: str, database: str | None = None) -> list[Any]:
        return said(self.address(self.port), *statements)

    def kill(self) -> None:
        self._home.rename(self._elsewhere)

    def start(self) -> None:
        self._elsewhere.rename(self._home)

    def fill_up(self) -> None:
        self._disk.fill_up()

    def make_room(self) -> None:
        self._disk.make_room()

    def close(self) -> None:
        self._disk.close()
        shutil.rmtree(self.folder)

    def __enter__(self) -> "SqliteFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class OtherWriter:
    """What a `Proxy` is for the others: somebody who keeps the file locked for a while, or all the time."""

    port = 0

    def __init__(self, file: Path) -> None:
        self._file = file
        self._is_over = Event()
        self._thread: Thread | None = None

    def freeze(self) -> None:
        """Hold the lock."""
        self._begin(PATIENCE, 0)

    def thaw(self) -> None:
        """Let go."""
        self._end()

    def delay(self, seconds: float) -> None:
        """Hold the lock most of the time; 0 is never."""
        if seconds:
            self._begin(BUSY, IDLE)
        else:
            self._end()

    def _begin(self, busy: float, idle: float) -> None:
        self._is_over.clear()
        self._thread = Thread(target=self._write, args=(busy, idle), daemon=True)
        self._thread.start()

    def _write(self, busy: float, idle: float) -> None:
        connection = sqlite3.connect(self._file, timeout=PATIENCE, isolation_level=None)
        while not self._is_over.is_set():
            connection.execute("BEGIN IMMEDIATE")
            self._is_over.wait(busy)
            connection.execute("ROLLBACK")
            self._is_over.wait(idle)
        connection.close()

    def _end(self) -> None:
        self._is_over.set()
        if self._thread:
            self._thread.join(PATIENCE)

    def close(self) -> None:
        """Let go in any case."""
        self._end()
