"""Deleting says what it will do, does exactly that, all of it or nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backoffice import bulk
from backoffice.bulk import DeleteAction
from backoffice.exceptions import Conflict, NotFound
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Change, Operation, Post, Selection, User

pytestmark = pytest.mark.every_database


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def told(act: Operation) -> list[tuple[str, str, int]]:
    """What became of other rows."""
    return [(name, on_delete, rows) for name, on_delete, rows in (act.report or {}).get("effects", [])]


@pytest.fixture
def john(app: Flask, susan: User) -> Iterator[User]:
    """A user with two posts; mary has one. Whoever acts is susan."""
    john = User(username="john", email="john@example.com")
    mary = User(username="mary", email="mary@example.com")
    db.session.add_all([john, mary, Post(body="one", author=john), Post(body="two", author=john)])
    db.session.add(Post(body="three", author=mary))
    db.session.commit()
    with acting_as(Actor("person", "susan", susan.id)):
        yield john


def choose(keys: list[int], table: str = "user") -> Selection:
    susan = db.session.scalars(select(Administrator)).first()
    assert susan is not None
    return bulk.choose(susan.id, table, keys)


def delete(*keys: int, cascade: tuple[str, ...] = ()) -> Operation:
    return bulk.delete(choose([*keys]), cascade)


def test_the_preview_names_what_loses_its_reference(john: User) -> None:
    preview = bulk.preview(db.session(), choose([john.id, 99999]))
    assert (preview.keys, preview.rows, preview.skipped) == ((john.id,), 1, {99999: "missing"})
    [effect] = preview.effects
    assert (effect.reference.name, effect.rows, effect.exact, effect.on_delete) == (
        "post.user_id",
        2,
        True,
        DeleteAction.CUT,
    )


def test_posts_stay_without_an_author(john: User) -> None:
    key = john.id
    act = delete(key)
    assert told(act) == [("post.user_id", "cut", 2)]
    assert (act.kind, act.state, act.changed_rows) == ("user:delete", "done", 3)
    assert act.facts == {"row": {"key": str(key), "name": "john"}}
    assert count(Post) == 3
    assert count(Post, Post.user_id.is_(None)) == 2
    cut = db.session.scalars(select(Change).where(Change.table_name == "post", Change.action == "update"))
    assert [change.after for change in cut] == [{"user_id": None}] * 2


def test_or_are_deleted_along_where_that_was_chosen(john: User) -> None:
    act = delete(john.id, cascade=("post.user_id",))
    assert told(act) == [("post.user_id", "deleted", 2)]
    assert count(Post) == 1
    recorded = db.session.scalars(select(Change).where(Change.operation_id == act.id))
    assert sorted((c.table_name, c.action) for c in recorded) == [
        ("post", "delete"),
        ("post", "delete"),
        ("user", "delete"),
    ]


def test_a_selection_runs_once(john: User) -> None:
    selection = choose([john.id])
    bulk.delete(selection, ())
    with pytest.raises(Conflict):
        bulk.delete(selection, ())
    with pytest.raises(Conflict):
        bulk.find(selection.administrator_id, "user", selection.token)
    assert count(Operation, Operation.kind == "user:delete") == 1


def test_a_selection_is_for_the_one_who_made_it(john: User) -> None:
    selection = choose([john.id])
    with pytest.raises(NotFound):
        bulk.find(selection.administrator_id + 1, "user", selection.token)
    with pytest.raises(NotFound):
        bulk.find(selection.administrator_id, "post", selection.token)


def test_protected_rows_are_left_out_and_said(john: User, susan: User) -> None:
    mary = db.session.scalars(select(User).where(User.username == "mary")).one()
    act = delete(susan.id, mary.id)
    assert act.report is not None
    assert (act.changed_rows, act.report["left_out"]) == (2, {"own": 1})
    assert count(User, User.id == susan.id) == 1
    with pytest.raises(Conflict):
        delete(susan.id)


def test_a_grant_goes_with_its_user(john: User) -> None:
    key = john.id
    db.session.add(Administrator(user_id=key, username="john", role="viewer"))
    db.session.commit()
    assert told(delete(key))[-1] == ("backoffice_administrator.user_id", "deleted", 1)
    assert count(Administrator, Administrator.user_id == key) == 0


@pytest.fixture
def message(john: User) -> None:
    """A table of the application that the models do not know, whose rows cannot be without a user."""
    db.session.execute(
        text(
            "CREATE TABLE message (id INTEGER NOT NULL PRIMARY KEY, body VARCHAR(140),"
            ' sender_id INTEGER NOT NULL, FOREIGN KEY (sender_id) REFERENCES "user" (id))'
        )
    )
    db.session.execute(text("INSERT INTO message VALUES (1, 'hi', :john)"), {"john": john.id})
    db.session.commit()


@pytest.mark.usefixtures("message")
def test_what_the_database_would_refuse_is_known_before(john: User) -> None:
    preview = bulk.preview(db.session(), choose([john.id]))
    assert [(effect.reference.name, effect.is_choice) for effect in preview.refused] == [
        ("message.sender_id", True)
    ]
    with pytest.raises(Conflict):
        delete(john.id)
    assert count(User, User.id == john.id) == 1
    assert count(Post, Post.user_id == john.id) == 2


@pytest.mark.usefixtures("message")
def test_and_can_be_deleted_along(john: User) -> None:
    key = john.id
    act = delete(key, cascade=("message.sender_id",))
    assert ("message.sender_id", "deleted", 1) in told(act)
    recorded = db.session.scalars(select(Change).where(Change.table_name == "message")).one()
    assert recorded.before == {"id": 1, "body": "hi", "sender_id": key}


def test_old_selections_are_forgotten(john: User) -> None:
    selection = choose([john.id])
    selection.created_at = selection.created_at.replace(year=2020)
    db.session.commit()
    choose([john.id])
    assert bulk.forget_old() == 1
    assert count(Selection) == 1
