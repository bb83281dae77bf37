"""Deleting says what it will do, does exactly that, all of it or nothing."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backoffice import bulk
from backoffice.bulk import Deletion, Fate, Report
from backoffice.exceptions import Conflict, NotFound
from backoffice.extensions import db
from backoffice.models import Administrator, Change, Operation, Post, Selection, User

USER = db.metadata.tables["user"]


def nobody(session: Session, keys: Collection[Any]) -> Mapping[Any, str]:
    return {}


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def settled(report: Report) -> list[tuple[str, Fate, int]]:
    return [(effect.reference.name, effect.fate, effect.rows) for effect in report.settled]


@pytest.fixture
def john(app: Flask, susan: User) -> User:
    """A user with two posts; mary has one."""
    john = User(username="john", email="john@example.com")
    mary = User(username="mary", email="mary@example.com")
    db.session.add_all([john, mary, Post(body="one", author=john), Post(body="two", author=john)])
    db.session.add(Post(body="three", author=mary))
    db.session.commit()
    return john


def choose(keys: list[int], table: str = "user") -> Selection:
    susan = db.session.scalars(select(Administrator)).first()
    assert susan is not None
    return bulk.choose(susan.id, table, [str(key) for key in keys])


def test_the_preview_names_what_loses_its_reference(john: User) -> None:
    preview = bulk.preview(db.session(), Deletion(USER, [john.id, 99999], nobody))
    assert (preview.keys, preview.missing) == ((john.id,), 1)
    assert [(e.reference.name, e.rows, e.fate) for e in preview.effects] == [("post.user_id", 2, Fate.CUT)]


def test_posts_stay_without_an_author(john: User) -> None:
    report = bulk.delete(choose([john.id]), Deletion(USER, [john.id], nobody), "user john")
    assert (report.deleted, settled(report)) == (1, [("post.user_id", Fate.CUT, 2)])
    assert count(Post) == 3
    assert count(Post, Post.user_id.is_(None)) == 2
    act = db.session.get_one(Operation, report.operation_id)
    assert (act.kind, act.changed_rows, act.selection) == ("user:delete", 3, "user john")


def test_or_are_deleted_along_where_that_was_chosen(john: User) -> None:
    deletion = Deletion(USER, [john.id], nobody, frozenset({"post.user_id"}))
    report = bulk.delete(choose([john.id]), deletion, "user john")
    assert (report.deleted, settled(report)) == (1, [("post.user_id", Fate.DELETED, 2)])
    assert count(Post) == 1
    recorded = db.session.scalars(select(Change).where(Change.operation_id == report.operation_id))
    assert sorted((c.table_name, c.action) for c in recorded) == [
        ("post", "delete"),
        ("post", "delete"),
        ("user", "delete"),
    ]


def test_a_selection_runs_once(john: User) -> None:
    key = john.id
    selection = choose([key])
    bulk.delete(selection, Deletion(USER, [key], nobody), "user john")
    with pytest.raises(Conflict):
        bulk.delete(selection, Deletion(USER, [key], nobody), "user john")
    with pytest.raises(Conflict):
        bulk.find(selection.administrator_id, "user", selection.token)


def test_a_selection_is_for_the_one_who_made_it(john: User) -> None:
    selection = choose([john.id])
    with pytest.raises(NotFound):
        bulk.find(selection.administrator_id + 1, "user", selection.token)
    with pytest.raises(NotFound):
        bulk.find(selection.administrator_id, "post", selection.token)


def test_protected_rows_are_left_out_and_said(john: User) -> None:
    def protect(session: Session, keys: Collection[Any]) -> Mapping[Any, str]:
        return {key: "your own account" for key in keys if key == john.id}

    mary = db.session.scalars(select(User).where(User.username == "mary")).one()
    deletion = Deletion(USER, [john.id, mary.id], protect)
    report = bulk.delete(choose([john.id, mary.id]), deletion, "2 users")
    assert report.deleted == 1
    assert report.left_out == {john.id: "your own account"}
    assert count(User, User.id == john.id) == 1
    only = Deletion(USER, [john.id], protect)
    with pytest.raises(Conflict):
        bulk.delete(choose([john.id]), only, "user john")


def test_a_grant_goes_with_its_user(john: User) -> None:
    key = john.id
    db.session.add(Administrator(user_id=key, username="john", role="viewer"))
    db.session.commit()
    report = bulk.delete(choose([key]), Deletion(USER, [key], nobody), "user john")
    assert settled(report)[-1] == ("backoffice_administrator.user_id", Fate.DELETED, 1)
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
    deletion = Deletion(USER, [john.id], nobody)
    preview = bulk.preview(db.session(), deletion)
    assert [(effect.reference.name, effect.is_choice) for effect in preview.refused] == [
        ("message.sender_id", True)
    ]
    with pytest.raises(Conflict):
        bulk.delete(choose([john.id]), deletion, "user john")
    assert count(User, User.id == john.id) == 1
    assert count(Post, Post.user_id == john.id) == 2


@pytest.mark.usefixtures("message")
def test_and_can_be_deleted_along(john: User) -> None:
    key = john.id
    deletion = Deletion(USER, [key], nobody, frozenset({"message.sender_id"}))
    report = bulk.delete(choose([key]), deletion, "user john")
    assert ("message.sender_id", Fate.DELETED, 1) in settled(report)
    recorded = db.session.scalars(select(Change).where(Change.table_name == "message")).one()
    assert recorded.before == {"id": 1, "body": "hi", "sender_id": key}


def test_old_selections_are_forgotten(john: User) -> None:
    selection = choose([john.id])
    selection.created_at = selection.created_at.replace(year=2020)
    db.session.commit()
    choose([john.id])
    assert bulk.forget_old() == 1
    assert count(Selection) == 1
