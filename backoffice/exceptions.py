"""The errors that the domain speaks in.

They know nothing of HTTP: `console/http/errors.py` turns them into pages, `commands/` into exit codes.
Their text is written for the administrator and may be shown as it is.
"""

from typing import TypedDict


class EndReason(TypedDict, total=False):
    """Why work ended before it was done: a code of `reasons`, or else a text."""

    code: str
    text: str


class BackofficeError(Exception):
    """Whatever the console refuses to do, with the reason in the administrator's words.

    `reason` is what an operation keeps of it: see reasons.py.
    """

    reason: EndReason | None = None


class Invalid(BackofficeError):
    """A value that cannot be accepted. `field` names the one it was entered in, if there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(BackofficeError):
    """A row that is not there, or not any more."""


class Forbidden(BackofficeError):
    """Something that this person may not do."""


class Conflict(BackofficeError):
    """Something that the state of the data does not allow."""


class DoneAlready(Conflict):
    """Something that was done once, and is not done again. `operation_id` is what it was done as."""

    def __init__(self, message: str, operation_id: int | None) -> None:
        super().__init__(message)
        self.operation_id = operation_id


class SentTwice(BackofficeError):
    """A form that was acted upon before; `operation_id` is as what, where that is known."""

    def __init__(self, operation_id: int | None = None) -> None:
        super().__init__()
        self.operation_id = operation_id


class Busy(BackofficeError):
    """The database could not do it now; nothing was changed, and trying again later may succeed.

    Where not `at_once`, it is not worth while to try again before somebody has waited.
    """

    def __init__(self, message: str, *, at_once: bool = True) -> None:
        super().__init__(message)
        self.at_once = at_once


class Unsure(Busy):
    """The database went away while it was asked to keep what was changed: nobody knows whether it did."""

    def __init__(self, message: str) -> None:
        super().__init__(message, at_once=False)


class Throttled(BackofficeError):
    """Tried too often. `retry_after` is after how many seconds it can be tried again.

    `is_first` is set where the attempt before was not refused.
    """

    def __init__(self, message: str, retry_after: int, *, is_first: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.is_first = is_first


class AdoptionError(BackofficeError):
    """An existing database that the console cannot work on; nothing was changed."""
