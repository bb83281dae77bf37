"""The worker, in a process of its own, with each kind of queue."""

import pickle
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from huey import Huey
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from backoffice import create_app
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Operation, Seal, Selection, User
from backoffice.work import app_queue, call, open_queue
from backoffice.work.queue import task_of
from tests.commands.conftest import Start
from tests.conftest import settings
from tests.databases import REDIS_URL, missing
from tests.processes import Command
from tests.waiting import SECONDS, waited_for

NOWHERE = "redis://127.0.0.1:1/0"
on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@pytest.fixture(params=["file", "redis"])
def queue_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings for each kind of queue."""
    if request.param == "file":
        return {"REDIS_URL": ""}
    try:
        Redis.from_url(REDIS_URL).ping()
    except RedisError:
        missing("redis")
    return {"REDIS_URL": REDIS_URL}


@pytest.fixture
def forgotten_selection(app: Flask, susan: User) -> Callable[[], bool]:
    """Whether the worker has done its housekeeping: a selection of yesterday is gone."""
    old = Selection(
        token="old", administrator_id=1, table_name="post", created_at=utcnow() - timedelta(days=2)
    )
    db.session.add(old)
    db.session.commit()

    def is_gone() -> bool:
        db.session.rollback()
        return db.session.scalar(select(Selection.id)) is None

    return is_gone


@on_sqlite
def test_a_worker_does_its_housekeeping_seals_and_stops_when_told(
    app: Flask, forgotten_selection: Callable[[], bool], start: Start, queue_settings: dict[str, str]
) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].render_as_string(hide_password=False)
    worker = start("worker", DATABASE_URL=url, **queue_settings)
    waited_for(lambda: (forgotten_selection() and is_sealed()) or worker.poll() is not None)
    assert worker.poll() is None, worker.communicate()[0]
    worker.send_signal(signal.SIGTERM)
    assert worker.communicate(timeout=SECONDS)[0] == ""
    assert worker.returncode == 0


def is_sealed() -> bool:
    """Whether everything there is has a seal."""
    operations = db.session.scalar(select(func.count()).select_from(Operation))
    return operations == db.session.scalar(select(func.count()).select_from(Seal)) != 0


def test_without_redis_a_worker_says_so_in_one_line(tmp_path: Path) -> None:
    worker = Command("worker", DATABASE_URL=f"sqlite:///{tmp_path / 'none.db'}", REDIS_URL=NOWHERE)
    assert worker.end() == "Error: Redis does not answer at the address in REDIS_URL.\n"
    assert worker.process.exitcode == 1


@pytest.fixture
def queues(tmp_path: Path) -> Iterator[Callable[[str], Huey]]:
    """Open one queue with different keys."""
    opened: list[Huey] = []

    def open_with(key: str) -> Huey:
        opened.append(open_queue(tmp_path / "queue.db", None, key))
        return opened[-1]

    yield open_with
    for queue in opened:
        queue.storage.close()


def test_what_was_queued_with_another_key_is_not_read(queues: Callable[[str], Huey]) -> None:
    queues("the key").task()(print)("hello")
    with pytest.raises(ValueError, match="mismatch"):
        queues("another key").dequeue()


def test_what_was_not_signed_is_not_read(queues: Callable[[str], Huey]) -> None:
    queue = queues("the key")
    queue.storage.enqueue(pickle.dumps(print))
    with pytest.raises(ValueError, match=r"Separator|mismatch"):
        queue.dequeue()


def test_a_worker_does_at_once_what_a_page_calls_for(queues: Callable[[str], Huey]) -> None:
    done: list[tuple[str, int]] = []
    page, worker = queues("the key"), queues("the key")
    task_of(worker, lambda name, number: done.append((name, number)))
    task_of(page, print)("operation", 17)  # another function, of another module, as in another process
    worker.execute(worker.dequeue())
    assert done == [("operation", 17)]


def test_consoles_of_two_databases_do_not_take_each_others_messages(tmp_path: Path) -> None:
    here, there = (
        create_app(settings(f"sqlite:///{tmp_path / name}") | {"QUEUE_FILE": tmp_path / "queue.db"})
        for name in ("here.db", "there.db")
    )
    with here.app_context():
        call("operation", 17)
        own = app_queue().pending_count()
    with there.app_context():
        assert (own, app_queue().pending_count()) == (1, 0)
