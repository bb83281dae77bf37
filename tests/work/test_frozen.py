"""A worker whose database is frozen in the middle of its work: it goes on once it is back."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.engine import ExceptionContext

from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.work import engine, run_operation
from tests.conftest import add_administrator
from tests.proxied import ended, proxied_app
from tests.proxy import Proxy
from tests.work.conftest import POSTS, ROWS, deletion_of_all, is_consistent, left, operation

pytestmark = pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three hundred rows, and a little less patience with a server beside us."""
    monkeypatch.setattr("backoffice.work.pace.MOST_ROWS", 300)
    monkeypatch.setattr("backoffice.connections.engine.GRACE_SECONDS", 0.5)


@pytest.fixture
def proxy(migrated_url: str) -> Iterator[Proxy]:
    """A proxy in front of the database of an application, in which a deletion of 3,000 posts waits."""
    with proxied_app(migrated_url, BACKGROUND_ROWS="100") as (_app, proxy):
        susan = add_administrator("susan", "administrator")
        with db.engine.begin() as connection:
            connection.execute(insert(POSTS), [{"body": f"post {i}"} for i in range(ROWS)])
        with acting_as(Actor("person", "susan", susan.id)):
            yield proxy


@pytest.mark.parametrize("what", ["freeze", "strand"])
def test_it_goes_on_once_the_database_is_back(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    act_id = deletion_of_all()
    silent, sleeps, chunks = Event(), [], iter(range(4))

    def note(_context: ExceptionContext) -> None:
        silent.set()

    def freeze(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "DELETE FROM post" in statement and next(chunks, None) == 3:
            event.listen(db.engine, "handle_error", note)
            getattr(proxy, what)()

    def until_it_is_back(seconds: float) -> None:
        sleeps.append(seconds)
        if silent.is_set() and what == "freeze":
            proxy.thaw()  # else there are only new connections

    event.listen(db.engine, "before_cursor_execute", freeze)
    monkeypatch.setattr(engine, "sleep", until_it_is_back)
    ended(lambda: run_operation(act_id))
    act = operation(act_id)
    assert (act.state, left(), is_consistent(act)) == ("done", 0, True)
    assert silent.is_set()
    assert max(sleeps) <= 2.0
