"""A worker that is killed with -9: who starts it again knows that it has ended, and work goes on at once."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Post, User
from tests.commands.conftest import Command, Start
from tests.commands.servers import free_port
from tests.waiting import waited_for
from tests.work.conftest import deletion_of_all, left, operation

ROWS = 120_000


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the child is found in /proc")
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_it_was_at_is_gone_on_with_at_once(app: Flask, susan: User, start: Start) -> None:
    app.config["BACKGROUND_ROWS"] = 100
    db.session.execute(insert(Post), [{"body": f"post {i}"} for i in range(ROWS)])
    db.session.commit()
    with acting_as(Actor("person", "susan", susan.id)):
        act_id = deletion_of_all()
    url = app.config["SQLALCHEMY_DATABASE_URI"].render_as_string(hide_password=False)
    run = start("run", DATABASE_URL=url, PORT=str(free_port()), SECRET_KEY="k" * 40, WEB_PROCESSES="1")
    waited_for(partial(is_further, act_id, 0))
    for _kill in range(2):
        worker, done = worker_of(run), operation(act_id).changed_rows
        assert 0 < done < ROWS
        os.kill(worker, signal.SIGKILL)
        lease_until = operation(act_id).lease_until
        waited_for(partial(is_further, act_id, operation(act_id).changed_rows))
        assert lease_until is not None
        assert utcnow() < lease_until, "its lease was waited for"
        assert worker_of(run) != worker
    waited_for(lambda: operation(act_id).is_finished)
    act = operation(act_id)
    assert (act.state, act.changed_rows, left(), act.fence) == ("done", ROWS, 0, 3)


def is_further(act_id: int, done: int) -> bool:
    return operation(act_id).changed_rows > done


def worker_of(run: Command) -> int:
    """The process number of the worker that `manage.py run` has started."""
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    (worker,) = (int(one) for one in children if b"worker" in Path(f"/proc/{one}/cmdline").read_bytes())
    return worker
