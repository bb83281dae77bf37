"""Processes that need not import the console first: they are forked from one that did it once."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from backoffice import create_app
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
