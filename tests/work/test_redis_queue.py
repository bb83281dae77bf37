"""Redis that says nothing, or is away: nobody waits for it long, and messages are there again once it is."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event

import pytest
from flask import Flask
from huey import Huey
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import make_url

from backoffice.work import app_queue, call, open_queue, redis_queue
from backoffice.work.queue import NAME, task_of
from backoffice.work.worker import _look_again
from tests.databases import REDIS_URL, missing
from tests.proxied import ended
from tests.proxy import Proxy

ADDRESS = make_url(REDIS_URL)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy in front of Redis."""
    try:
        Redis.from_url(REDIS_URL).ping()
    except RedisError:
        missing("redis")
    proxy = Proxy(ADDRESS.port or 6379)
    yield proxy
    proxy.thaw()
    proxy.close()


@pytest.fixture
def url(proxy: Proxy) -> str:
    """The address of Redis behind the proxy."""
    return ADDRESS.set(port=proxy.port).render_as_string(hide_password=False)


@pytest.fixture
def queue(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Huey]:
    """A queue in it."""
    monkeypatch.setattr(redis_queue, "PAUSE_SECONDS", 0.01)
    queue = open_queue(None, url, "the key", f"{NAME}-silence")  # type: ignore[arg-type]
    yield queue
    queue.flush()
    queue.storage.conn.connection_pool.disconnect()  # type: ignore[attr-defined]


def test_a_worker_reads_nothing_while_it_is_frozen_and_then_what_there_is(proxy: Proxy, queue: Huey) -> None:
    done: list[tuple[str, int]] = []
    task = task_of(queue, lambda name, number: done.append((name, number)))
    proxy.freeze()
    assert ended(queue.dequeue) is None
    assert ended(lambda: queue.storage.read_schedule(datetime.now())) == []  # type: ignore[attr-defined]
    with pytest.raises(RedisError):
        ended(lambda: task("operation", 1))
    proxy.thaw()
    task("operation", 17)
    while (message := queue.dequeue()) is not None:
        queue.execute(message)
    assert ("operation", 17) in done


def test_a_worker_waits_where_it_is_away(proxy: Proxy, queue: Huey, caplog: pytest.LogCaptureFixture) -> None:
    proxy.refuse()
    proxy.drop()
    with caplog.at_level(logging.WARNING):
        assert [ended(queue.dequeue) for _ in range(3)] == [None] * 3
    assert [record.exc_info for record in caplog.records] == [None] * 3
    proxy.admit()
    assert queue.pending_count() == 0


def test_a_page_that_calls_a_worker_goes_on(
    app: Flask, proxy: Proxy, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["REDIS_URL"] = url
    app.extensions.pop("backoffice_queue", None)
    app.extensions.pop("backoffice_task", None)
    proxy.freeze()
    ended(lambda: call("operation", 17))
    assert "no worker could be called for operation 17" in caplog.text
    app_queue().storage.conn.connection_pool.disconnect()  # type: ignore[attr-defined]


def test_what_a_worker_does_every_second_needs_no_redis(app: Flask) -> None:
    """Sealing goes on where the queue is away."""
    stop, done = Event(), Event()

    def fail() -> None:
        raise RedisError

    def seal() -> None:
        stop.set()
        done.set()

    steps: list[Callable[[], object]] = [fail, seal]
    ended(lambda: _look_again(app, stop, steps))
    assert done.is_set()
