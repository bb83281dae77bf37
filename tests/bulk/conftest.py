"""Who acts on many rows, and which there are."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import insert, select

from backoffice import bulk
from backoffice.bulk import SavedQuery, selections
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Post, Selection, User

# More rows than these go to a worker, in the tests of this folder.
BACKGROUND_ROWS = 100


@pytest.fixture
def crowd(app: Flask, susan: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Thirty users with ten posts each, who are not administrators; whoever acts is susan."""
    app.config["BACKGROUND_ROWS"] = BACKGROUND_ROWS
    monkeypatch.setattr(selections, "READ_AT_ONCE", 1)
    db.session.execute(
        insert(User), [{"username": f"user{i}", "email": f"user{i}@example.com"} for i in range(30)]
    )
    keys = list(db.session.scalars(select(User.id).where(User.username != "susan").order_by(User.id)))
    db.session.execute(
        insert(Post),
        [{"body": f"post {i}", "user_id": key, "timestamp": utcnow()} for key in keys for i in range(10)],
    )
    db.session.commit()
    with acting_as(Actor("person", "susan", susan.id)):
        yield keys


def choose_all(table: str, *filters: tuple[str, str], search: str = "") -> Selection:
    """All rows that match, as susan chooses them."""
    susan = db.session.scalars(select(Administrator)).first()
    assert susan is not None
    return bulk.choose_matching(susan.id, table, SavedQuery(filters, search, "UTC"))
