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

import pytest
from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from backoffice import ROOT, create_app
from backoffice.extensions import db
from tests.conftest import settings
from tests.waiting import SECONDS

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


def points(end: int) -> pytest.MarkDecorator:
    """For a test that kills its work at points before this one; at three times as many in the long run."""
    some = pytest.param(range(1, end, 9), id="some points", marks=pytest.mark.slow)
    many = pytest.param(range(1, end, 3), id="many points", marks=pytest.mark.long)
    return pytest.mark.parametrize("points", [some, many])


class Printing:
    """A function in a process of its own, into which is typed, its output and its errors in one stream."""

    def __init__(self, function: Callable[..., object], *args: object, typed: str = "") -> None:
        (output, its_output), (its_input, keys) = (FORKS.Pipe(duplex=False) for _ in range(2))
        with keys, its_output, its_input:
            os.write(keys.fileno(), typed.encode())
            self.process = FORKS.Process(
                target=_print_into, args=(its_input, its_output, function, args), daemon=True
            )
            self.process.start()
        self.output = os.fdopen(os.dup(output.fileno()))

    def end(self) -> str:
        """Wait for its end; gives what it printed."""
        with self.output:
            said = self.output.read()
        self.process.join(SECONDS)
        return said


class Command(Printing):
    """`manage.py`, or `flask --app manage`, with these arguments and settings."""

    def __init__(self, *arguments: str, program: str = "manage.py", typed: str = "", **settings: str) -> None:
        super().__init__(manage, arguments, settings, program, typed=typed)

    def succeed(self) -> str:
        """Wait for the end of what has to succeed; gives what it printed."""
        said = self.end()
        assert self.process.exitcode == 0, said
        return said


def _print_into(
    typed: Connection, output: Connection, function: Callable[..., object], args: tuple[object, ...]
) -> None:
    os.dup2(typed.fileno(), 0)
    sys.stdin = os.fdopen(0, closefd=False)
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    output.close()
    function(*args)


def manage(arguments: tuple[str, ...], settings: Mapping[str, str], program: str = "manage.py") -> None:
    """Be `manage.py`, or `flask --app manage`, from here on."""
    os.environ |= {"SECRET_KEY": "k" * 40, "BACKOFFICE_ENV": "testing", **settings}
    os.chdir(ROOT)
    warnings.simplefilter("error")
    if program == "flask":
        sys.argv = ["flask", "--app", "manage", *arguments]
        runpy.run_module("flask", run_name="__main__")
    else:
        sys.argv = [program, *arguments]
        runpy.run_path(str(ROOT / program), run_name="__main__")
