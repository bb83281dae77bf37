"""What a record was, and giving it that again."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Table, delete, select, text

from backoffice.exceptions import Conflict, Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import Snapshot, operation
from backoffice.models import Change, Operation, Post, User
from backoffice.undo import Side, restore_version, versions_around

pytestmark = pytest.mark.every_database

POSTS: Table = Post.__table__  # type: ignore[assignment]
USERS: Table = User.__table__  # type: ignore[assignment]
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678)


@pytest.fixture
def post(app: Flask) -> Post:
    """A post that was created, edited twice, and had its author taken."""
    with operation("user:create"):
        john = User(username="john", email="john@example.com")
        db.session.add(john)
    with operation("post:create"):
        post = Post(body="one", timestamp=MOMENT, author=john)
        db.session.add(post)
    for body in ("two", "three"):
        with operation("post:update"):
            post.body = body
    with operation("post:update"):
        post.author, post.timestamp = None, datetime(2026, 2, 2)
    return post


def changes(table: str = "post") -> list[Change]:
    statement = select(Change).where(Change.table_name == table).order_by(Change.id)
    return list(db.session.scalars(statement))


def bodies(change: Change) -> list[object]:
    return [snapshot and snapshot["body"] for snapshot in versions_around(db.session(), POSTS, change)]


def allow(_now: Snapshot, _values: Snapshot) -> None:
    """Whatever it is."""


def test_a_record_is_known_on_both_sides_of_each_change(post: Post) -> None:
    created, first, second, third = changes()
    assert bodies(created) == [None, "one", "three"]
    assert bodies(first) == ["one", "two", "three"]
    assert bodies(second) == ["two", "three", "three"]
    assert bodies(third) == ["three", "three", "three"]


def test_also_of_one_that_was_deleted(post: Post) -> None:
    with operation("post:delete"):
        db.session.delete(post)
    *others, deleted = changes()
    assert bodies(deleted) == ["three", None, None]
    assert bodies(others[1]) == ["one", "two", None]


def test_also_of_one_that_came_back(post: Post) -> None:
    with operation("post:delete"):
        db.session.delete(post)
    gone = changes()[-1]
    key, snapshot = post.id, dict(gone.before or {})
    back = Change(operation_id=gone.operation_id, table_name="post", row_key=gone.row_key, action="insert",
                  source_id=gone.id)  # fmt: skip
    db.session.add(back)
    db.session.execute(text(f"INSERT INTO post (id, body) VALUES ({key}, 'three')"))
    db.session.commit()
    with operation("post:update"):
        db.session.get_one(Post, key).body = "four"
    back = next(one for one in changes() if one.source_id)
    assert snapshot["body"] == "three"
    assert bodies(back) == [None, "three", "four"]
    assert bodies(gone) == ["three", None, "four"]


def test_some_columns_are_put_back_exactly_and_recorded(post: Post) -> None:
    created = changes()[0]
    act = restore_version(POSTS, created.id, Side.AFTER, ["body", "timestamp", "user_id"], allow)
    assert act is not None
    assert (act.kind, act.changed_rows) == ("post:put_back", 1)
    assert act.facts == {
        "row": {"key": str(post.id), "name": "three"},
        "columns": ["body", "timestamp", "user_id"],
    }
    db.session.refresh(post)
    assert (post.body, post.timestamp) == ("one", MOMENT)
    assert post.author is not None
    latest = changes()[-1]
    assert (latest.operation_id, latest.action, sorted(latest.after or {})) == (
        act.id,
        "update",
        ["body", "timestamp", "user_id"],
    )


def test_one_column_leaves_the_others(post: Post) -> None:
    restore_version(POSTS, changes()[1].id, Side.BEFORE, ["body"], allow)
    db.session.refresh(post)
    assert (post.body, post.user_id) == ("one", None)


def test_what_it_has_already_is_no_operation(post: Post) -> None:
    before = db.session.scalars(select(Operation.id)).all()
    assert restore_version(POSTS, changes()[-1].id, Side.AFTER, ["body"], allow) is None
    assert db.session.scalars(select(Operation.id)).all() == before


def test_who_checks_can_refuse(post: Post) -> None:
    def refuse(now: Snapshot, values: Snapshot) -> None:
        assert (now["body"], values) == ("three", {"body": "one"})
        raise Invalid("no")

    with pytest.raises(Invalid):
        restore_version(POSTS, changes()[0].id, Side.AFTER, ["body"], refuse)
    db.session.refresh(post)
    assert post.body == "three"


def test_nothing_is_put_back_into_a_record_that_is_gone(post: Post) -> None:
    key = post.id
    with operation("post:delete"):
        db.session.delete(post)
    with pytest.raises(NotFound):
        restore_version(POSTS, changes()[0].id, Side.AFTER, ["body"], allow)
    assert db.session.get(Post, key) is None


def test_what_was_not_there_cannot_be_put_back(post: Post) -> None:
    with pytest.raises(Conflict):
        restore_version(POSTS, changes()[0].id, Side.BEFORE, ["body"], allow)


def test_what_is_not_kept_any_more_is_said(post: Post) -> None:
    forgotten = changes()[2]
    forgotten.before = forgotten.after = None
    db.session.commit()
    with pytest.raises(NotFound, match="not kept any more"):
        versions_around(db.session(), POSTS, changes()[1])
    assert bodies(changes()[3]) == ["three", "three", "three"]


def test_a_value_that_another_record_has_is_refused_by_name(post: Post) -> None:
    john = db.session.scalars(select(User)).one()
    with operation("user:update"):
        john.username = "johnny"
    with operation("user:create"):
        db.session.add(User(username="john", email="other@example.com"))
    renamed = next(one for one in changes("user") if one.action == "update")
    with pytest.raises(Conflict, match="the same “Username”"):
        restore_version(USERS, renamed.id, Side.BEFORE, ["username"], allow)
    assert db.session.scalars(select(User.username).order_by(User.id)).all() == ["johnny", "john"]


@pytest.fixture
def one_body_an_author(app: Flask) -> Iterator[None]:
    """A rule of the table about two columns."""
    db.session.execute(text("CREATE UNIQUE INDEX one_body_an_author ON post (user_id, body)"))
    db.session.commit()
    yield
    db.session.rollback()
    on = " ON post" if db.engine.dialect.name in ("mysql", "mariadb") else ""
    db.session.execute(text(f"DROP INDEX one_body_an_author{on}"))
    db.session.commit()


def test_a_value_is_refused_that_another_record_has_beside_the_same_one(
    post: Post, one_body_an_author: None
) -> None:
    john = db.session.scalars(select(User)).one()
    with operation("post:update"):
        post.author = john
    with operation("post:create"):
        db.session.add_all([Post(body="one", author=john), Post(body="two")])
    first = changes()[0]
    with pytest.raises(Conflict, match="same “Author, Body”"):
        restore_version(POSTS, first.id, Side.AFTER, ["body"], allow)
    with operation("post:update"):
        post.author = None
    assert restore_version(POSTS, first.id, Side.AFTER, ["body"], allow) is not None


def test_a_record_that_it_referred_to_and_that_is_gone_is_said(post: Post) -> None:
    db.session.execute(delete(User))
    db.session.commit()
    with pytest.raises(Conflict, match="What its “Author” refers to is gone"):
        restore_version(POSTS, changes()[0].id, Side.AFTER, ["user_id", "body"], allow)
    db.session.refresh(post)
    assert post.body == "three"
