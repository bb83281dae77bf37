"""How many rows a chunk has: as many as others can wait for."""

from time import sleep

LEAST_ROWS, MOST_ROWS = 100, 20_000


class Pace:
    """Chunks that take about as long as they may, on this machine, with these rows."""

    def __init__(self, dialect: str) -> None:
        # SQLite lets nobody else write meanwhile, and somebody who waits looks again after 50 ms at first.
        is_sqlite = dialect == "sqlite"
        self._seconds, self._pause = (0.18, 0.05) if is_sqlite else (0.5, 0.0)
        self.rows = 1_000
        # More than these took the database longer than it may.
        self._most = MOST_ROWS

    def took(self, seconds: float) -> None:
        """The last chunk took so long: the next one is to come closer to what it may."""
        if seconds < self._seconds:
            self._most = min(MOST_ROWS, 2 * self._most)
        most = min(MOST_ROWS, self._most)
        factor = min(2.0, max(0.25, self._seconds / max(seconds, 0.001)))
        self.rows = int(min(most, max(min(LEAST_ROWS, most), self.rows * factor)))

    def slow_down(self) -> None:
        """The last chunk did not come through."""
        self.rows = max(min(LEAST_ROWS, self.rows), self.rows // 4)

    def halve(self) -> bool:
        """The last chunk took the database longer than it may. Returns False where there is no half of it."""
        if self.rows <= 1:
            return False
        self.rows = self._most = self.rows // 2
        return True

    def let_others_write(self) -> None:
        """Leave a gap in which whoever waits for the database gets it."""
        if self._pause:
            sleep(self._pause)
