"""What stays on a server of a connection that fell silent: a transaction, with locks that others need.

The server would end it by itself, since nothing is asked in it; but that takes as long as two statements may.
"""

import logging
from collections import deque
from typing import Any, Protocol

log = logging.getLogger(__name__)


class Server(Protocol):
    """What is done in its own way on each kind of server."""

    Error: type[Exception]

    def has_fallen_silent(self, connection: Any, error: BaseException | None) -> bool:
        """Whether a connection is thrown away because nothing was heard over it."""

    def end_session(self, connection: Any, session: Any) -> None:
        """End what another connection has left behind, if it is still there, known by its `session`."""


class LeftBehind:
    """The sessions on a server whose connections fell silent, as far as this engine knows."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._sessions: deque[Any] = deque()

    def note(self, connection: Any, _record: Any, error: BaseException | None) -> None:
        """Note what is left of a connection that is thrown away."""
        if self._server.has_fallen_silent(connection, error) and connection.session is not None:
            self._sessions.append(connection.session)

    def end(self, connection: Any) -> None:
        """End them, by a connection that is new."""
        while self._sessions:
            try:
                self._server.end_session(connection, self._sessions.popleft())
            except self._server.Error as error:  # it ends by itself, later
                log.warning("a silent connection's session could not be ended: %s", type(error).__name__)
