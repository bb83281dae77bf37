"""How many events become rows: a flood from one address does not fill the table; the log has all of it."""

from threading import Lock
from time import monotonic

from flask import current_app

# Sixty rows an hour of one kind from one address, in each process; and of so many addresses at once, at most.
ROWS = 60
SECONDS = 3600.0
ADDRESSES = 10_000


class EventRateLimit:
    """What was persisted of late; each row makes room for another one after a minute."""

    def __init__(self) -> None:
        self._free_at: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def allows(self, kind: str, network: str) -> bool:
        """Whether one more is persisted; if so, it is counted."""
        now = monotonic()
        with self._lock:
            if len(self._free_at) >= ADDRESSES:
                self._free_at = {key: free_at for key, free_at in self._free_at.items() if free_at > now}
            free_at = max(self._free_at.get((kind, network), now), now) + SECONDS / ROWS
            if free_at - now > SECONDS or len(self._free_at) >= ADDRESSES:
                return False
            self._free_at[kind, network] = free_at
            return True


def is_allowed(kind: str, network: str) -> bool:
    """Whether one more event of this kind from there is persisted."""
    known = current_app.extensions
    limit: EventRateLimit = known.setdefault("backoffice_event_rate_limit", EventRateLimit())
    return limit.allows(kind, network)
