"""The queue between the pages and the workers: a file, or Redis once there is more than one machine."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huey import Huey

NAME = "backoffice"


def open_queue(file: Path, redis_url: str | None, key: str) -> "Huey":
    """The queue in `file`, or at `redis_url` where there is one; nothing is connected to yet.

    `key` is known to the console's processes only. A message is a pickle, which could do anything when it
    is read, so none is read that was not signed with this key.
    """
    # Here, since it takes a third of the time in which any other command has started.
    from huey import RedisHuey, SqliteHuey
    from huey.serializer import SignedSerializer

    serializer = SignedSerializer(secret=key, salt=NAME)
    if redis_url:
        return RedisHuey(NAME, url=redis_url, serializer=serializer, results=False)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey(NAME, filename=str(file), serializer=serializer, results=False)
