"""The same values for many rows."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from backoffice import bulk
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.models import Change, Operation, Post
from backoffice.work import run_operation
from tests.bulk.conftest import choose_all

pytestmark = pytest.mark.every_database

THEN = datetime(1999, 12, 31, 23, 59, 59, 123456)


def test_few_at_once(crowd: list[int]) -> None:
    selection = choose_all("post", ("author_is", f"#{crowd[0]}"))
    act = bulk.edit(selection, {"user_id": crowd[1], "timestamp": THEN})
    assert (act.state, act.changed_rows) == ("done", 10)
    found = db.session.execute(
        select(func.count()).where(Post.user_id == crowd[1], Post.timestamp == THEN)
    ).scalar_one()
    assert found == 10
    change = db.session.scalars(select(Change).where(Change.operation_id == act.id)).first()
    assert change is not None
    assert change.before is not None
    assert change.after is not None
    assert change.before["user_id"] == crowd[0]
    assert change.after.keys() == {"user_id", "timestamp"}
    assert change.after["user_id"] == crowd[1]
    # What is kept is what the database has, to the letter.
    assert datetime.fromisoformat(str(change.after["timestamp"])) == THEN


def test_many_in_a_worker(crowd: list[int]) -> None:
    selection = choose_all("post")
    bulk.freeze(selection.id)
    db.session.expire_all()
    act = bulk.edit(selection, {"user_id": None})
    assert act.state == "waiting"
    run_operation(act.id)
    db.session.expire_all()
    assert (act.state, act.changed_rows) == ("done", 300)
    assert db.session.scalar(select(func.count()).where(Post.user_id.is_not(None))) == 0


def test_rows_that_have_the_values_already_are_no_change(crowd: list[int]) -> None:
    db.session.execute(text("UPDATE post SET user_id = NULL WHERE user_id <> :id"), {"id": crowd[0]})
    db.session.commit()
    selection = choose_all("post", ("author_is", f"#{crowd[0]}"))
    post = db.session.scalars(select(Post).where(Post.user_id == crowd[0])).first()
    assert post is not None
    act = bulk.edit(selection, {"user_id": crowd[0]})
    assert (act.state, act.changed_rows) == ("done", 0)


def test_a_value_that_refers_to_nobody_changes_nothing(crowd: list[int]) -> None:
    selection = choose_all("post", ("author_is", f"#{crowd[0]}"))
    with pytest.raises(Conflict):
        bulk.edit(selection, {"user_id": 10**6})
    assert db.session.scalar(select(func.count()).where(Operation.kind == "post:edit")) == 0
    assert db.session.scalar(select(func.count()).where(Post.user_id == crowd[0])) == 10
