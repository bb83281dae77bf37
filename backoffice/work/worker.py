"""Doing what the queue holds."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from backoffice.exceptions import Busy

if TYPE_CHECKING:
    from huey import Huey

# An idle worker looks this often: somebody may be waiting in front of a page.
POLLING_SECONDS = 0.5


def every_hour(queue: "Huey", work: Callable[[], None]) -> None:
    """Have `work` done whenever a worker starts, and at every full hour."""
    from huey import crontab

    task = queue.periodic_task(crontab(minute="0"))(work)
    queue.on_startup(work.__name__)(task)


def serve(queue: "Huey") -> None:
    """Do what is in the queue until SIGTERM, after which the work at hand is finished first.

    Raises Busy where Redis does not answer at the start; later on it is waited for.
    """
    from huey.consumer import Consumer
    from redis.exceptions import RedisError

    try:
        queue.pending_count()
    except RedisError as error:
        raise Busy(_("Redis does not answer at the address in REDIS_URL.")) from error
    Consumer(queue, max_delay=POLLING_SECONDS, graceful_signal="TERM").run()
