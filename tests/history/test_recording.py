"""Every change is recorded in the transaction that makes it, or not at all."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from backoffice.extensions import db
from backoffice.history import Actor, about_row, acting_as, operation
from backoffice.models import Change, Operation, Post, User

pytestmark = pytest.mark.every_database


def changes() -> list[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]]:
    rows = db.session.scalars(select(Change).order_by(Change.id))
    return [(change.table_name, change.action, change.before, change.after) for change in rows]


def kinds() -> list[str]:
    return list(db.session.scalars(select(Operation.kind).order_by(Operation.id)))


@pytest.fixture
def post(app: Flask) -> Post:
    """A post by john, with no record of how they came."""
    john = User(username="john", email="john@example.com")
    post = Post(body="hello", author=john)
    db.session.add(post)
    db.session.commit()
    db.session.execute(text("DELETE FROM backoffice_change"))
    db.session.execute(text("DELETE FROM backoffice_operation"))
    db.session.commit()
    return post


def test_an_edit_keeps_the_columns_that_changed_before_and_after(post: Post) -> None:
    with operation("post:update", table="post", selection="post hello"):
        post.body = "hello again"
    assert changes() == [("post", "update", {"body": "hello"}, {"body": "hello again"})]
    assert kinds() == ["post:update"]


def test_a_creation_keeps_the_row_as_the_database_has_it(post: Post) -> None:
    with operation("user:create"):
        db.session.add(User(username="susan", email="susan@example.com"))
    [(table, action, before, after)] = changes()
    assert (table, action, before) == ("user", "insert", None)
    assert after is not None
    assert after["username"] == "susan"
    assert after["id"] is not None
    assert "password_hash" in after


def test_a_deletion_keeps_every_column_also_those_that_the_model_does_not_know(post: Post) -> None:
    db.session.execute(text("ALTER TABLE post ADD COLUMN language VARCHAR(5)"))
    db.session.execute(text("UPDATE post SET language = 'en'"))
    db.session.commit()
    with operation("post:delete"):
        db.session.delete(post)
    [(_, action, before, after)] = changes()
    assert (action, after) == ("delete", None)
    assert before is not None
    assert before["language"] == "en"
    assert before["body"] == "hello"


def test_what_fails_leaves_neither_change_nor_record(post: Post) -> None:
    def fail() -> None:
        with operation("post:update"):
            post.body = "never"
            db.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert post.body == "hello"
    assert changes() == []
    assert kinds() == []


def test_an_act_that_changes_nothing_leaves_no_record(post: Post) -> None:
    with operation("post:update"):
        post.body = "hello"
    assert kinds() == []
    with operation("seed", keep_empty=True):
        pass
    assert kinds() == ["seed"]


def test_posts_that_lose_their_author_are_recorded_with_the_deletion(post: Post) -> None:
    author_id = post.user_id
    db.session.delete(post.author)
    db.session.commit()
    assert ("post", "update", {"user_id": author_id}, {"user_id": None}) in changes()
    assert len(set(db.session.scalars(select(Change.operation_id)))) == 1


def test_orm_statements_are_recorded(post: Post) -> None:
    db.session.execute(update(Post).where(Post.body == "hello").values(body="hi"))
    db.session.commit()
    Post.query.filter_by(body="hi").delete()
    db.session.execute(delete(User))
    db.session.commit()
    assert [(table, action) for table, action, _, _ in changes()] == [
        ("post", "update"),
        ("post", "delete"),
        ("user", "delete"),
    ]


def test_each_transaction_of_the_shell_is_an_operation_of_its_own(post: Post) -> None:
    post.body = "one"
    db.session.commit()
    post.body = "two"
    db.session.commit()
    assert kinds() == ["post:orm", "post:orm"]
    assert {act.actor_kind for act in db.session.scalars(select(Operation))} == {"shell"}


def test_an_operation_says_who_and_how_many(post: Post) -> None:
    susan = Actor("person", "susan", 7, "192.0.2.1", "abc")
    facts = about_row(post.id, "hello")
    with acting_as(susan), operation("post:update", table="post", facts=facts) as act:
        post.body = "changed"
        post.author = None
    assert (act.actor_name, act.actor_id, act.address, act.request_id) == ("susan", 7, "192.0.2.1", "abc")
    assert (act.changed_rows, act.state, act.facts) == (1, "done", facts)
    assert act.finished_at is not None


def test_a_changed_key_is_a_row_that_went_and_one_that_came(post: Post) -> None:
    post.id = post.id + 1000
    db.session.commit()
    assert [action for _, action, _, _ in changes()] == ["delete", "insert"]


def test_a_savepoint_that_is_rolled_back_takes_its_record_along(post: Post) -> None:
    with operation("post:update"):
        savepoint = db.session.begin_nested()
        post.body = "inside"
        db.session.flush()
        savepoint.rollback()
        post.body = "outside"
    assert changes() == [("post", "update", {"body": "hello"}, {"body": "outside"})]
