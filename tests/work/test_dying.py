"""A worker that is killed with -9, at different points of its work."""

import signal
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Operation
from backoffice.work import run_operation
from tests.processes import die_at, exit_code_of, points
from tests.work.conftest import deletion_of_all, is_consistent, left, operation

pytestmark = pytest.mark.every_database


# From the first statement to beyond the first chunks; odd numbers fall before a statement, even ones after.
@points(60)
def test_nothing_is_lost_doubled_or_half_done(posts: int, points: range) -> None:
    act_id = deletion_of_all()
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    killed = 0
    for point in points:
        outcome = exit_code_of(die_at, point, url, partial(run_operation, act_id))
        assert outcome in (-signal.SIGKILL, 0)
        killed += outcome == -signal.SIGKILL
        assert is_consistent(operation(act_id)), point
        # Nobody waits half a minute here until the lease of the dead one has run out.
        late = utcnow() - timedelta(seconds=1)
        unfinished = Operation.lease_until.is_not(None)
        db.session.execute(update(Operation).where(unfinished).values(lease_until=late))
        db.session.commit()
    assert killed > len(points) / 2
    run_operation(act_id)
    act = operation(act_id)
    assert (act.state, act.changed_rows, left()) == ("done", posts, 0)
    assert is_consistent(act)
