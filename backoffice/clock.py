"""The one clock: the database's time in UTC, without a zone, as the columns hold it.

It is read with each new connection, and carried on by how long this machine has been running, asleep or not:
what the machine itself takes for the time counts only as long as there was no connection. So processes on
machines whose clocks differ agree on leases, limits, proofs and whatever else ends.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import TimestampSigner

# macOS has none that goes on while it sleeps.
_RUNNING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# Two clocks that are no further apart are not worth telling apart.
NOTHING = timedelta(milliseconds=5)
# What time it was when the machine had been running for so many seconds; nothing before the first reading.
_read: list[tuple[datetime, float]] = []


def utcnow() -> datetime:
    """The time now in UTC, naive, with microseconds."""
    return _at(running()) if _read else machine_time()


def timestamp() -> float:
    """The same in seconds since 1970."""
    return utcnow().replace(tzinfo=UTC).timestamp()


def running() -> float:
    """For how many seconds this machine has been running; nobody sets this clock."""
    return time.clock_gettime(_RUNNING)


def machine_time() -> datetime:
    """What this machine takes for the time."""
    return datetime.now(UTC).replace(tzinfo=None)


def _at(moment: float) -> datetime:
    then, ran = _read[-1]
    return then + timedelta(seconds=moment - ran)


def note_time(now: datetime, asked: float) -> None:
    """Take this for the time: what a database just answered that was asked when this was `running`.

    What agrees with it already is left as it is, since nobody knows when exactly it looked at its clock.
    """
    answered = running()
    took = timedelta(seconds=answered - asked)
    if not _read or not now - NOTHING <= _at(answered) <= now + took + NOTHING:
        _read[:] = [(now + took / 2, answered)]


class ClockSigner(TimestampSigner):
    """Signatures that end with time, by this clock."""

    _late = 0

    def get_timestamp(self) -> int:
        return int(timestamp()) + self._late

    def unsign(self, *args: Any, **kwargs: Any) -> Any:
        """The value that was signed, where the signature is good."""
        self._late = 1  # another process may be a moment ahead, and that is no signature from the future
        return super().unsign(*args, **kwargs)
