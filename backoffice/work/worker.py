"""Doing what is to be done behind the pages."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from backoffice.exceptions import BackofficeError, Busy
from backoffice.extensions import db
from backoffice.models import Operation, Selection
from backoffice.work import lease
from backoffice.work.queue import task_of, troubles

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger(__name__)

# An idle worker looks this often: somebody may be waiting in front of a page.
POLLING_SECONDS = 0.1
LOOK_SECONDS = 1.0
# All workers are busy: what is due will be found again.
ENOUGH_MESSAGES = 50
# At once, by one process: what is big does not keep waiting what is small.
THREADS = 2

IsStopping = Callable[[], bool]


@dataclass(frozen=True)
class JobType:
    """A kind of work that workers do: on rows of `model`, each of them under a lease."""

    name: str
    model: type[Operation | Selection]
    run_operation: Callable[[int, IsStopping], None]


def every_hour(queue: "Huey", work: Callable[[], None]) -> None:
    """Have `work` done whenever a worker starts, and at every full hour."""
    from huey import crontab

    task = queue.periodic_task(crontab(minute="0"))(work)
    queue.on_startup(work.__name__)(task)


def serve(
    app: Flask, queue: "Huey", job_types: Sequence[JobType], every_second: Sequence[Callable[[], object]] = ()
) -> None:
    """Do what is in the queue, and what nobody goes on with, until SIGTERM; then stop at the end of a chunk.

    `every_second` is done about so often by each worker. Raises Busy where Redis does not answer at the
    start; later on it is waited for.
    """
    from huey.consumer import Consumer
    from redis.exceptions import RedisError

    try:
        queue.pending_count()
    except RedisError as error:
        raise Busy(_("Redis does not answer at the address in REDIS_URL.")) from error
    consumer = Consumer(queue, workers=THREADS, max_delay=POLLING_SECONDS, graceful_signal="TERM")
    by_name = {job_type.name: job_type for job_type in job_types}
    task = task_of(queue, partial(_do, app, by_name, consumer.stop_flag.is_set))
    steps = (partial(_look, queue, job_types, task), *every_second)
    looking = Thread(target=_look_again, args=(app, consumer.stop_flag, steps), daemon=True)
    looking.start()
    consumer.run()
    looking.join()


def _do(
    app: Flask, job_types: Mapping[str, JobType], is_stopping: IsStopping, name: str, number: int
) -> None:
    """What one message asks for."""
    with app.app_context():
        try:
            job_types[name].run_operation(number, is_stopping)
        except (BackofficeError, SQLAlchemyError) as error:
            log.warning("%s %d is left to the next lease: %s", name, number, type(error).__name__)
        _let_go()


def _let_go() -> None:
    with suppress(SQLAlchemyError):
        db.session.remove()


def _look(queue: "Huey", job_types: Sequence[JobType], task: Callable[[str, int], object]) -> None:
    """Call for what a message was lost of, or whose worker died."""
    if queue.pending_count() < ENOUGH_MESSAGES:
        for job_type in job_types:
            for number in lease.due(job_type.model):
                task(job_type.name, number)


def _look_again(app: Flask, stop: Event, steps: Sequence[Callable[[], object]]) -> None:
    """Look at once, and then as long as this process is there, whatever is the matter."""
    while True:
        for step in steps:
            with app.app_context():
                _try(step)
        if stop.wait(LOOK_SECONDS):
            return


def _try(step: Callable[[], object]) -> None:
    """Take a step; one that fails keeps no other from being taken: Redis may be away, or the database."""
    passing: tuple[type[Exception], ...] = (BackofficeError, SQLAlchemyError, *troubles())
    try:
        step()
    except passing as error:
        log.warning("could not look for work: %s", type(error).__name__)
    except Exception:  # the next look may do better
        log.exception("could not look for work")
    _let_go()
