"""A little history to seal, and to be altered behind the console's back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from backoffice.extensions import db
from backoffice.history import operation, seal_all, verify
from backoffice.models import Operation, Post, User

DAY = timedelta(days=1)


@pytest.fixture
def sealed(app: Flask) -> list[int]:
    """Six operations, sealed: john and his post are made, the post is edited four times."""
    with operation("user:create", table="user", selection="john"):
        john = User(username="john", email="john@example.com")
        db.session.add(john)
        db.session.flush()
        db.session.add(Post(body="hello", user_id=john.id))
    for number in range(5):
        edit(f"hello {number} \N{SNOWMAN}")
    seal_all()
    return numbers()


def edit(body: str) -> None:
    """Edit the one post there is."""
    with operation("post:update", table="post", selection="post hello"):
        db.session.scalars(select(Post)).one().body = body


def numbers() -> list[int]:
    """The operations there are."""
    db.session.rollback()
    return list(db.session.scalars(select(Operation.id).order_by(Operation.id)))


def tamper(statement: str, **values: object) -> None:
    """Alter the history behind the console's back."""
    db.session.rollback()
    assert db.session.execute(text(statement), values).rowcount != 0  # type: ignore[attr-defined]
    db.session.commit()


def finding() -> str:
    """What is wrong with the history, the first of it; nothing if it is whole."""
    return next(iter(findings()), "")


def findings() -> list[str]:
    """All that is wrong with the history."""
    db.session.rollback()
    return verify().findings
