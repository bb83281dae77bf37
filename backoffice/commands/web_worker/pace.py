"""How long a client is waited for."""

import math
from time import monotonic

# Nobody's line is slower than this who would wait for a page.
BYTES_A_SECOND = 4_096


class Pace:
    """A client may stand still for so many seconds, and be no slower than `BYTES_A_SECOND` altogether.

    After `most` seconds it is over in any case.
    """

    def __init__(self, seconds: float, most: float = math.inf) -> None:
        self.began = self._moved_at = monotonic()
        self._seconds, self._most = seconds, most
        self._moved = 0

    def move(self, size: int) -> None:
        """So many bytes more have come, or gone."""
        self._moved += size
        self._moved_at = monotonic()

    @property
    def left(self) -> float:
        """How many seconds are left; none where the client is too late."""
        still = self._moved_at + self._seconds
        slow = self.began + self._seconds + self._moved / BYTES_A_SECOND
        return max(0.0, min(still, slow, self.began + self._most) - monotonic())
