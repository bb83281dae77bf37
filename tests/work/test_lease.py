"""Leases: one worker at a time, each known by a token of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import Context
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Administrator, Operation, Selection, User
from backoffice.work import lease
from tests.waiting import SECONDS

pytestmark = pytest.mark.every_database

Leased = Operation | Selection


@pytest.fixture(params=[Operation, Selection])
def work(request: pytest.FixtureRequest, susan: User) -> Leased:
    """A row that waits for a worker."""
    owner = db.session.query(Administrator).one().id
    with transaction(db.session):
        row: Leased = (
            Operation(kind="post:delete", actor_kind="person", actor_name="susan", state="waiting")
            if request.param is Operation
            else Selection(token="t", administrator_id=owner, table_name="post")
        )
        row.lease_until = utcnow() - timedelta(seconds=1)
        db.session.add(row)
    return row


def run_out(row: Leased) -> None:
    """Nobody waits half a minute here until a lease has run out."""
    with transaction(db.session):
        row.lease_until = utcnow() - timedelta(seconds=1)


def is_held(row: Leased, token: int) -> bool:
    with transaction(db.session):
        return lease.lock(db.session(), type(row), row.id, token) is not None


def test_one_worker_at_a_time_has_the_lease(work: Leased) -> None:
    model = type(work)
    assert lease.due(model) == [work.id]
    assert lease.acquire(model, work.id) == 1
    assert lease.acquire(model, work.id) is None
    assert lease.due(model) == []
    assert is_held(work, 1)


def test_whose_lease_ran_out_is_fenced_off_by_the_next(work: Leased) -> None:
    model = type(work)
    first = lease.acquire(model, work.id)
    run_out(work)
    second = lease.acquire(model, work.id)
    assert (first, second) == (1, 2)
    assert not is_held(work, 1)
    assert is_held(work, 2)
    lease.release(model, work.id, 1)
    assert lease.due(model) == []


def test_a_lease_that_is_renewed_does_not_run_out(work: Leased) -> None:
    model = type(work)
    lease.acquire(model, work.id)
    run_out(work)
    with transaction(db.session):
        lease.renew(work)
    assert lease.due(model) == []
    assert lease.acquire(model, work.id) is None


def test_what_is_released_is_due_at_once(work: Leased) -> None:
    model = type(work)
    lease.acquire(model, work.id)
    lease.release(model, work.id, 1)
    assert lease.acquire(model, work.id) == 2


def test_what_is_over_is_nobodys(work: Leased) -> None:
    model = type(work)
    lease.acquire(model, work.id)
    with transaction(db.session):
        db.session.execute(update(model).values(lease_until=None))
    assert not is_held(work, 1)
    assert lease.acquire(model, work.id) is None
    assert lease.due(model) == []


def test_who_wants_it_while_another_is_getting_it_does_not_get_it(app: Flask, work: Leased) -> None:
    model, key, is_first, run_operation = type(work), work.id, Event(), Event()
    db.session.rollback()

    def hesitate(_session: Session, _row: Leased) -> None:
        is_first.set()
        assert run_operation.wait(SECONDS)

    def acquire(prepare: Callable[[Session, Leased], None]) -> int | None:
        with app.app_context():
            return lease.acquire(model, key, prepare)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(Context().run, acquire, hesitate)
        assert is_first.wait(SECONDS)
        second = pool.submit(Context().run, acquire, lambda _session, _row: None)
        wait([second], timeout=0.5)  # it waits for the row, or for the file
        run_operation.set()
        assert (first.result(), second.result()) == (1, None)
