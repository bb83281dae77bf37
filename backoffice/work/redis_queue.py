"""The queue in Redis, which may be away for a while, or silent."""

import logging
from time import sleep

from huey import Huey
from huey.storage import RedisStorage
from redis import ConnectionPool
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# To connect, and to answer: a page that calls a worker waits no longer. For a message it is a second.
REDIS_SECONDS = 2
# Between one attempt to read from it and the next, where it is away.
PAUSE_SECONDS = 1.0


class PatientStorage(RedisStorage):
    """Messages in Redis at this address; as long as it is away there are none, said in a line."""

    def __init__(self, name: str, redis_url: str, **options: object) -> None:
        limits = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
        pool = ConnectionPool.from_url(redis_url, **limits)
        super().__init__(name, connection_pool=pool, **options)

    def dequeue(self) -> bytes | None:
        """The next message, if there is one."""
        try:
            return super().dequeue()
        except RedisError as error:
            log.warning("Redis does not answer: %s", type(error).__name__)
            sleep(PAUSE_SECONDS)
            return None

    def read_schedule(self, ts: object) -> list[bytes]:
        """The messages that are due by now."""
        try:
            return super().read_schedule(ts)
        except RedisError:
            return []


class RedisQueue(Huey):
    """A queue whose messages are there."""

    storage_class = PatientStorage
