"""Workers that are killed at given points: `python -m tests.work.dying_worker URL OPERATION`.

For each point that it reads from its input it makes a process that goes on with the operation until there,
and says how that ended. Points are counted over everything that the worker says to the database: statements,
and ends of transactions.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from backoffice import create_app
from backoffice.extensions import db
from backoffice.work import go_on
from tests.conftest import settings


def main(url: str, operation_id: int) -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            work_until(int(line), url, operation_id)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def work_until(point: int, url: str, operation_id: int) -> None:
    app, left = create_app(settings(url)), iter(range(point))

    def count(*_: Any) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, name, count)
        go_on(operation_id)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
