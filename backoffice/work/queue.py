"""The queue between the pages and the workers: a file, or Redis once there is more than one machine.

It only says what is to be gone on with: "operation 17". What there is to know of it stands in the database,
so that nothing is lost where a message is, and nothing done twice where it comes again.
"""

import logging
import sqlite3
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy.engine import URL

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger(__name__)

NAME = "backoffice"
# A message is believed for a minute; what was not begun by then is found in the database.
BELIEVED_SECONDS = 60

Do = Callable[[str, int], None]


def open_queue(file: Path, redis_url: str | None, key: str, name: str = NAME) -> "Huey":
    """The queue of this name in `file`, or at `redis_url` where there is one; nothing is connected to yet.

    `key` is known to the console's processes only. A message is a pickle, which could do anything when it
    is read, so none is read that was not signed with this key.
    """
    # Here, since it takes a third of the time in which any other command has started.
    from huey import SqliteHuey
    from huey.serializer import SignedSerializer

    from backoffice.work.redis_queue import RedisQueue

    serializer = SignedSerializer(secret=key, salt=NAME)
    if redis_url:
        return RedisQueue(name, redis_url=redis_url, serializer=serializer, results=False)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey(name, filename=str(file), serializer=serializer, results=False)


def app_queue() -> "Huey":
    """The queue of this application, opened when it is first needed."""
    extensions, settings = current_app.extensions, current_app.config
    if "backoffice_queue" not in extensions:
        file = settings.get("QUEUE_FILE") or Path(current_app.instance_path) / "queue.db"
        redis_url, key = settings["REDIS_URL"], settings["SECRET_KEY"]
        # In Redis the number in the address tells installations apart: machines may call one database by
        # different names. The file is this machine's, on which consoles of several databases may run.
        name = NAME if redis_url else f"{NAME}-{_digest(settings['SQLALCHEMY_DATABASE_URI'])}"
        extensions["backoffice_queue"] = open_queue(file, redis_url, key, name)
    queue: Huey = extensions["backoffice_queue"]
    return queue


def _digest(database: URL) -> str:
    return blake2b(str(database).encode(), digest_size=8).hexdigest()


def task_of(queue: "Huey", do: Do) -> Callable[[str, int], object]:
    """The one kind of message in the queue: whatever has this name and this number is to be gone on with."""

    # A message is known by the name and the module of its function: caller and worker have the same.
    def go_on(name: str, number: int) -> None:
        do(name, number)

    task: Callable[[str, int], object] = queue.task(expires=BELIEVED_SECONDS)(go_on)
    return task


def troubles() -> tuple[type[Exception], ...]:
    """What a queue raises that is away, or whose disk is full."""
    from huey.exceptions import HueyException
    from redis.exceptions import RedisError

    return HueyException, RedisError, sqlite3.Error, OSError


def call(name: str, number: int) -> None:
    """Call a worker at once. Where the queue is away, one finds what is to be done a little later."""
    try:
        extensions = current_app.extensions
        if "backoffice_task" not in extensions:
            extensions["backoffice_task"] = task_of(app_queue(), _nothing)
        extensions["backoffice_task"](name, number)
    except troubles() as error:
        log.warning("no worker could be called for %s %d: %s", name, number, type(error).__name__)


def _nothing(_name: str, _number: int) -> None:
    """What a process that only calls knows of the work."""
