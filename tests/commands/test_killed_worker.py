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

pytestmark = pytest.mark.slow

ROWS = 120_000


@pytest.fixture
def act_id(app: Flask, susan: User) -> int:
    """A deletion of all the posts, which waits for a worker."""
    app.config["BACKGROUND_ROWS"] = 100
    db.session.execute(insert(Post), [{"body": f"post {i}"} for i in range(ROWS)])
    db.session.commit()
    with acting_as(Actor("person", "susan", susan.id)):
        return deletion_of_all()


@pytest.fixture
def environ(app: Flask) -> dict[str, str]:
    """The settings of a process that works on the same database."""
    url = app.config["SQLALCHEMY_DATABASE_URI"].render_as_string(hide_password=False)
    return {"DATABASE_URL": url, "SECRET_KEY": "k" * 40}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the child is found in /proc")
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_it_was_at_is_gone_on_with_at_once(act_id: int, environ: dict[str, str], start: Start) -> None:
    run = start("run", PORT=str(free_port()), WEB_PROCESSES="1", **environ)
    waited_for(partial(is_further, act_id, 0))
    for _kill in range(2):
        worker = worker_of(run)
        os.kill(worker, signal.SIGKILL)
        check_it_goes_on_before_its_lease_ends(act_id)
        assert worker_of(run) != worker
    assert is_done(act_id, leases=3)


@pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)
def test_whoever_starts_workers_by_name_has_the_same(
    act_id: int, environ: dict[str, str], start: Start
) -> None:
    """As systemd does it, or whatever starts a container again."""
    worker = start("worker", "--name", "worker-1", **environ)
    waited_for(partial(is_further, act_id, 0))
    worker.kill()
    worker.wait()
    start("worker", "--name", "worker-1", **environ)
    check_it_goes_on_before_its_lease_ends(act_id)
    assert is_done(act_id, leases=2)


def check_it_goes_on_before_its_lease_ends(act_id: int) -> None:
    act = operation(act_id)
    done, lease_until = act.changed_rows, act.lease_until
    assert 0 < done < ROWS
    assert lease_until is not None
    waited_for(partial(is_further, act_id, done))
    assert utcnow() < lease_until, "its lease was waited for"


def is_done(act_id: int, leases: int) -> bool:
    waited_for(lambda: operation(act_id).is_finished)
    act = operation(act_id)
    return (act.state, act.changed_rows, left(), act.fence) == ("done", ROWS, 0, leases)


def is_further(act_id: int, done: int) -> bool:
    return operation(act_id).changed_rows > done


def worker_of(run: Command) -> int:
    """The process number of the worker that `manage.py run` has started."""
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    (worker,) = (int(one) for one in children if b"worker" in Path(f"/proc/{one}/cmdline").read_bytes())
    return worker
