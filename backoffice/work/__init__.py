"""Work that is done behind the pages; the only room that knows the queue."""

from backoffice.work.queue import open_queue
from backoffice.work.worker import every_hour, serve

__all__ = ["every_hour", "open_queue", "serve"]
