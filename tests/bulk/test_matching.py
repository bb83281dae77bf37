"""All rows that match: exactly those that were shown, and not one that came later."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from backoffice import bulk
from backoffice.clock import utcnow
from backoffice.console.records import RecordView
from backoffice.console.records.etags import etags_of
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.models import Operation, Post, Selection, SelectionPage, User
from backoffice.registry import registry
from backoffice.work import lease, run_operation
from tests.bulk.conftest import choose_all

pytestmark = pytest.mark.every_database


def count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def finish(act: Operation) -> Operation:
    """Let a worker do it."""
    run_operation(act.id)
    db.session.expire_all()
    return db.session.get_one(Operation, act.id)


def test_few_are_known_at_once(crowd: list[int]) -> None:
    selection = choose_all("user", ("username_contains", "user1"))
    assert selection.rows == 11
    assert selection.frozen_at is not None
    act = bulk.delete(selection, ())
    # Eleven users, and the hundred and ten posts that lose their author, are more than a request holds.
    assert (act.state, act.changed_rows, act.expected_rows) == ("waiting", 0, 121)
    act = finish(act)
    assert (act.state, act.changed_rows) == ("done", 121)
    assert count(User) == 20


def test_many_are_read_behind_the_page(crowd: list[int]) -> None:
    selection = choose_all("post")
    assert selection.frozen_at is None
    preview = bulk.preview(db.session(), selection)
    assert (preview.rows, preview.exact, preview.is_frozen, len(preview.keys)) == (300, True, False, 10)
    with pytest.raises(Conflict, match="still being read"):
        bulk.delete(selection, ())
    bulk.freeze(selection.id)
    assert lease.due(Selection) == []
    db.session.expire_all()
    assert (selection.rows, selection.frozen_at is not None) == (300, True)
    assert finish(bulk.delete(selection, ())).changed_rows == 300
    assert count(Post) == 0


def test_reading_that_was_broken_off_begins_again(crowd: list[int]) -> None:
    selection = choose_all("post")
    bulk.freeze(selection.id, lambda: True)
    db.session.expire_all()
    assert selection.frozen_at is None
    db.session.execute(update(Selection).values(lease_until=selection.created_at))
    db.session.commit()
    bulk.freeze(selection.id)
    db.session.expire_all()
    assert selection.rows == 300


def test_whoever_reads_slowly_is_fenced_off_by_the_next_worker(crowd: list[int]) -> None:
    selection_id = choose_all("post").id
    taken_over: list[int | None] = []

    def taken_over_meanwhile() -> bool:
        """Look whether to stop; its lease runs out here, and another worker gets the next one."""
        db.session.execute(update(Selection).values(lease_until=utcnow() - timedelta(seconds=1)))
        db.session.commit()
        taken_over.append(lease.acquire(Selection, selection_id))
        return False

    bulk.freeze(selection_id, taken_over_meanwhile)
    assert taken_over == [2]
    db.session.expire_all()
    selection = db.session.get_one(Selection, selection_id)
    assert (selection.fence, selection.frozen_at) == (2, None)
    lease.release(Selection, selection_id, 2)
    bulk.freeze(selection_id)
    db.session.expire_all()
    assert (selection.rows, selection.frozen_at is not None) == (300, True)


def test_what_came_later_is_not_touched_and_what_matches_no_more_is_left_out(crowd: list[int]) -> None:
    selection = choose_all("post", ("author_is", f"#{crowd[0]}"))
    assert selection.rows == 10
    first, second = db.session.scalars(
        select(Post).where(Post.user_id == crowd[0]).order_by(Post.id).limit(2)
    )
    db.session.execute(update(Post).where(Post.id == first.id).values(user_id=crowd[1]))
    db.session.execute(delete(Post).where(Post.id == second.id))
    db.session.execute(insert(Post), [{"body": "later", "user_id": crowd[0]}])
    db.session.commit()
    act = bulk.delete(selection, ())
    assert (act.state, act.changed_rows, act.report) == (
        "done",
        8,
        {
            "left_out": {"unmatched": 1, "missing": 1},
            "left_out_rows": [["post", str(first.id), "unmatched"], ["post", str(second.id), "missing"]],
        },
    )
    assert db.session.scalars(select(Post.body).where(Post.user_id == crowd[0])).all() == ["later"]


def test_a_filter_that_means_nothing_matches_nothing(crowd: list[int]) -> None:
    assert choose_all("post", ("author_is", "nobody at all")).rows == 0
    assert choose_all("post", ("timestamp_before", "yesterday-ish")).rows == 0


def test_oneself_is_never_in_it(crowd: list[int], susan: User) -> None:
    selection = choose_all("user")
    assert selection.rows == 30
    preview = bulk.preview(db.session(), selection)
    assert preview.skipped == {str(susan.id): "own"}
    act = finish(bulk.delete(selection, ("post.user_id",)))
    assert (act.state, act.changed_rows) == ("done", 330)
    assert db.session.scalars(select(User.username)).all() == ["susan"]


def test_rows_that_were_ticked_and_changed_since_are_left_out(crowd: list[int], app: Flask) -> None:
    view = registry().view_of(User)
    assert isinstance(view, RecordView)

    with app.test_request_context():
        versions = etags_of(view, crowd[:3])
    administrator_id = choose_all("user").administrator_id
    selection = bulk.choose(administrator_id, "user", crowd[:3], versions)
    db.session.execute(
        text("UPDATE \"user\" SET email = 'other@example.com' WHERE id = :id"), {"id": crowd[1]}
    )
    db.session.commit()
    assert bulk.preview(db.session(), selection).skipped == {crowd[1]: "changed"}
    act = bulk.delete(selection, ())
    assert act.report is not None
    assert act.report["left_out"] == {"changed": 1}
    assert db.session.get(User, crowd[1]) is not None
    assert db.session.get(User, crowd[0]) is None


def test_a_selection_that_is_acted_on_is_kept_until_the_end(crowd: list[int]) -> None:
    selection = choose_all("user", ("username_contains", "user1"))
    act = bulk.delete(selection, ())
    db.session.execute(update(Selection).values(created_at=text("'2020-01-01 00:00:00'")))
    db.session.commit()
    bulk.forget_old()
    assert finish(act).state == "done"
    bulk.forget_old()
    assert (count(Selection), count(SelectionPage)) == (0, 0)
