"""Where connections wait for their clients, all of them together in one thread."""

from collections.abc import Callable, Iterator
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from backoffice.commands.web_worker.connection import Connection

Step = Callable[[Connection], None]


class WaitingRoom:
    """Calls whoever waits, once something has come or can be sent, and knows who is too late."""

    def __init__(self) -> None:
        self._selector = DefaultSelector()
        # What each is to do next.
        self._steps: dict[Connection, Step] = {}

    def listen(self, file: Any, heard: Callable[[Any], None]) -> None:
        """Call `heard` whenever something comes here, until `ignore`."""
        self._selector.register(file, EVENT_READ, heard)

    def ignore(self, file: Any) -> None:
        """Listen there no more."""
        self._selector.unregister(file)

    def wait(self, connection: Connection, event: int, step: Step) -> None:
        """Have the connection take this step, once, as soon as it can."""
        self._steps[connection] = step
        self._selector.register(connection.sock, event, connection)

    def leave(self, connection: Connection) -> Step | None:
        """Wait no more; gives the step that is not taken, if it waited for one."""
        step = self._steps.pop(connection, None)
        if step is not None:
            self._selector.unregister(connection.sock)
        return step

    def call(self, seconds: float) -> Iterator[tuple[Step, Connection]]:
        """The steps that can be taken by now, or within so many seconds."""
        for key, _ready in self._selector.select(seconds):
            if not isinstance(key.data, Connection):
                key.data(key.fileobj)
            elif step := self.leave(key.data):  # it may have left while others were called
                yield step, key.data

    @property
    def is_waited_in(self) -> bool:
        """Whether anybody is waited for."""
        return bool(self._steps)

    def late(self) -> list[Connection]:
        """Those that have kept everybody waiting for too long."""
        return [connection for connection in self._steps if not connection.pace.left]

    def by_patience(self) -> list[Connection]:
        """Those that wait, who has waited longest first."""
        return sorted(self._steps, key=lambda connection: connection.pace.began)
