"""Stopping what was begun: also where nobody is there to do it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Operation
from backoffice.work import cancel, lease, run_operation
from tests.work.conftest import ROWS, deletion_of_all, is_consistent, left, operation

pytestmark = pytest.mark.every_database


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.work.pace.MOST_ROWS", 100)


def test_what_nobody_has_begun_ends_at_once(posts: int) -> None:
    act_id = deletion_of_all()
    assert cancel(act_id, "susan")
    act = operation(act_id)
    assert (act.state, act.cancel_by, act.changed_rows) == ("cancelled", "susan", 0)
    assert act.finished_at is not None
    assert lease.due(Operation) == []
    run_operation(act_id)
    assert left() == ROWS


def begin(act_id: int) -> int:
    """A worker begins with it; its fencing token."""
    token = lease.acquire(Operation, act_id, lambda _session, act: setattr(act, "state", "running"))
    assert token is not None
    return token


def test_what_somebody_is_at_ends_with_their_chunk(posts: int) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, iter([False, True]).__next__)
    begin(act_id)
    assert cancel(act_id, "susan")
    act = operation(act_id)
    assert act.state == "running"
    assert act.cancel_at is not None
    give_up_lease(act_id)
    run_operation(act_id)
    act = operation(act_id)
    assert act.state == "cancelled"
    assert 0 < act.changed_rows < ROWS
    assert is_consistent(act)


def test_what_a_dead_worker_was_at_ends_at_once_and_it_writes_nothing_any_more(posts: int) -> None:
    act_id = deletion_of_all()
    token = begin(act_id)
    give_up_lease(act_id)
    assert cancel(act_id, "susan")
    act = operation(act_id)
    assert act.state == "cancelled"
    assert act.fence > token


def test_who_stopped_it_first_is_named_and_what_is_over_stays_as_it_is(posts: int) -> None:
    act_id = deletion_of_all()
    begin(act_id)
    assert cancel(act_id, "susan")
    assert cancel(act_id, "john")
    assert operation(act_id).cancel_by == "susan"
    give_up_lease(act_id)
    run_operation(act_id)
    assert not cancel(act_id, "john")
    assert operation(act_id).cancel_by == "susan"


def test_what_no_worker_does_is_not_stopped(posts: int) -> None:
    act_id = deletion_of_all()
    db.session.execute(update(Operation).values(state="running", lease_until=None))
    db.session.commit()
    assert not cancel(act_id, "susan")
    assert operation(act_id).cancel_at is None


def give_up_lease(act_id: int) -> None:
    """As if its worker had not been heard of for long."""
    long_ago = utcnow() - timedelta(minutes=1)
    db.session.execute(update(Operation).where(Operation.id == act_id).values(lease_until=long_ago))
    db.session.commit()
