"""An application whose database is behind the suite's proxy, and a way to wait for what may never end."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

from flask import Flask
from sqlalchemy import make_url

from backoffice.extensions import db
from tests.conftest import made_app
from tests.proxy import Proxy

T = TypeVar("T")
# What a statement may take here; and for how long, at most, that is waited for which takes seconds.
STATEMENT_SECONDS = 1
SECONDS = 60


@contextmanager
def proxied_app(url: str, **environ: str) -> Iterator[tuple[Flask, Proxy]]:
    """An application, its context pushed, and the proxy in front of its database."""
    proxy = Proxy(make_url(url).port or 0)
    through = make_url(url).set(port=proxy.port).render_as_string(hide_password=False)
    limits = {"STATEMENT_TIMEOUT_SECONDS": str(STATEMENT_SECONDS), "LOCK_TIMEOUT_SECONDS": "1"}
    app = made_app(through, **limits | environ)
    with app.app_context():
        yield app, proxy
        proxy.thaw()
        db.session.remove()
        db.engine.dispose()
    proxy.close()


def ended(work: Callable[[], T]) -> T:
    """What it returns or raises, where it comes to an end at all."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 (it is raised below)
            errors.append(error)

    thread = Thread(target=copy_context().run, args=(run,), daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive(), "it waits for a server that does not answer"
    if errors:
        raise errors[0]
    return results[0]


def connected_to(server: socket.socket) -> int:
    """How many have connected to a server that never waits."""
    for number in range(100):
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return number
    return 100
