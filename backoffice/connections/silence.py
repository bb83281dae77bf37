"""That nothing is heard of a database: whoever waits for a page has waited for that once, and not again."""

from collections.abc import Callable

from flask import g, has_request_context
from sqlalchemy.engine import ExceptionContext

WAITED = "waited_for_database"


def note_silence(is_silence: Callable[[BaseException], bool], context: ExceptionContext) -> None:
    """Note that a request has waited in vain."""
    if has_request_context() and is_silence(context.original_exception):
        setattr(g, WAITED, True)


def has_waited() -> bool:
    """Whether this request has: what it would still ask, for a page that says so, is refused at once."""
    return has_request_context() and WAITED in g
