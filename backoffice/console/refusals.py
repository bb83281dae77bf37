"""What is refused before any page has seen it."""

from werkzeug.exceptions import HTTPException


class Refused(HTTPException):
    """A request that no page will see.

    `reason` is one word for the log: nothing that was sent stands in it. `message` says it to the person,
    where the words for the status would not say enough.
    """

    def __init__(self, status: int, reason: str, message: str | None = None) -> None:
        super().__init__(message)
        self.code = status
        self.reason = reason
