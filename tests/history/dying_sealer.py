"""Sealers that are killed at given points: `python -m tests.history.dying_sealer URL`.

For each point that it reads it makes a process that seals until there, and says how that ended: by its
signal, or whether the chain was whole. Points are counted over everything said to the database.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from backoffice import create_app
from backoffice.extensions import db
from backoffice.history import seal_all, seals, verify
from tests.conftest import settings

OUTCOMES = {0: "whole", 1: "broken"}


def main(url: str) -> None:
    seals.OPERATIONS_AT_ONCE = 2
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(0 if seal_until(int(line), url) else 1)
        _pid, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{OUTCOMES.get(code, code)}\n")


def seal_until(point: int, url: str) -> bool:
    """Whether the chain is whole as the one before left it; and then seal until there."""
    app, left = create_app(settings(url)), iter(range(point))

    def count(*_: Any) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        if verify().finding:
            return False
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, name, count)
        seal_all()
    return True


if __name__ == "__main__":
    main(sys.argv[1])
