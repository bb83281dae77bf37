"""Lists learn at once how many rows there are after an operation on many."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice import undo
from backoffice.commands.housekeeping import learn_sizes
from backoffice.extensions import db
from backoffice.listing import counting
from backoffice.listing.estimates import estimated_size
from backoffice.models import Operation, Post
from backoffice.work import run_operation
from tests.work.conftest import ROWS, deletion_of_all, operation


def known() -> int | None:
    """How many posts SQLite takes there to be."""
    size = estimated_size(db.session, Post.metadata.tables["post"])
    assert size is not None
    found = db.session.scalar(select(size.c.size))
    db.session.rollback()
    return found


@pytest.mark.parametrize("background", [True, False])
def test_sqlite_is_told_what_was_deleted_and_what_came_back(app: Flask, posts: int, background: bool) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the servers count by themselves: see tests/listing/test_counting.py")
    learn_sizes()
    assert known() == ROWS
    app.config["BACKGROUND_ROWS"] = 100 if background else 10_000
    act_id = deletion_of_all()
    run_operation(act_id)
    assert operation(act_id).changed_rows == ROWS
    assert known() == 0
    undoing = undo.undo(db.session.get_one(Operation, act_id)).id
    run_operation(undoing)
    assert operation(undoing).changed_rows == ROWS
    assert known() == ROWS


def test_a_list_says_how_many_there_are_after_a_deletion_and_its_undo(
    app: Flask, signed_in: FlaskClient, posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "A_MOMENT", 5)  # however busy this machine is
    app.config["COUNT_LIMIT"] = 1_000
    learn_sizes()
    act_id = deletion_of_all()
    run_operation(act_id)
    undoing = undo.undo(db.session.get_one(Operation, act_id)).id
    run_operation(undoing)
    counting._BELIEVED.clear()
    assert '<p class="count">3,000</p>' in signed_in.get("/admin/post/").text
    assert "<b>3,000</b>" in signed_in.get("/admin/").text
