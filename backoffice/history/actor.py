"""Who is acting: a signed-in person, a command, or somebody in the shell."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is kept when the account goes; `id` is the user's id, for people."""

    kind: str
    name: str
    id: int | None = None
    address: str | None = None
    request_id: str | None = None


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor:
    """The actor of this request or command; outside of both it is the shell's user."""
    return _current.get() or Actor("shell", _shell_user())


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Record what is changed inside as done by `actor`."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)


def _shell_user() -> str:
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):  # a container's user that has no name
        return "shell"
