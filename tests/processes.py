"""Processes that need not import the console first: they are forked from one that did it once."""

import multiprocessing
import os
import runpy
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from backoffice import ROOT, create_app
from backoffice.extensions import db
from tests.conftest import settings

SECONDS = 120
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "psycopg", "pymysql"])
configure_mappers()


def exit_code_of(function: Callable[..., object], *args: object) -> int:
    """Call it in a process of its own; gives how that ended, by which signal perhaps."""
    process = FORKS.Process(target=function, args=args, daemon=True)
    process.start()
    process.join(SECONDS)
    assert process.exitcode is not None, f"{function.__name__}{args} goes on and on"
    return process.exitcode


def die_at(point: int, url: str, work: Callable[[], object]) -> None:
    """Work on a database, and kill this process with -9 at a point, unless the work ends before.

    Points are counted over everything that is said to the database: statements, before and after, and ends of
    transactions.
    """
    app, left = create_app(settings(url)), iter(range(point))

    def count(*_: Any) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, name, count)
        work()


class Command:
    """`manage.py` with these arguments and settings, its output and its errors in one stream."""

    def __init__(self, *arguments: str, **settings: str) -> None:
        output, its_output = FORKS.Pipe(duplex=False)
        self._process = FORKS.Process(target=_print_into, args=(its_output, arguments, settings), daemon=True)
        self._process.start()
        its_output.close()
        self.output = os.fdopen(os.dup(output.fileno()))

    def succeed(self) -> None:
        """Wait for the end of what has to succeed."""
        with self.output:
            said = self.output.read()
        self._process.join(SECONDS)
        assert self._process.exitcode == 0, said


def _print_into(output: Connection, arguments: tuple[str, ...], settings: Mapping[str, str]) -> None:
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    output.close()
    manage(arguments, settings)


def manage(arguments: tuple[str, ...], settings: Mapping[str, str]) -> None:
    """Be `manage.py` from here on."""
    os.environ |= {"SECRET_KEY": "k" * 40, "BACKOFFICE_ENV": "testing", **settings}
    sys.argv = ["manage.py", *arguments]
    warnings.simplefilter("error")
    runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
