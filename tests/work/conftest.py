"""Posts to work on, and who works."""

from collections.abc import Iterator
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import Table, func, insert, select

from backoffice import bulk
from backoffice.bulk import SavedQuery
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Change, Operation, Post, User

ROWS = 3_000
POSTS = cast(Table, Post.__table__)


@pytest.fixture
def posts(app: Flask, susan: User) -> Iterator[int]:
    """So many posts, without an author; more than a hundred are work for a worker."""
    app.config["BACKGROUND_ROWS"] = 100
    with db.engine.begin() as connection:
        connection.execute(insert(POSTS), [{"body": f"post {i}"} for i in range(ROWS)])
    with acting_as(Actor("person", "susan", susan.id)):
        yield ROWS


def deletion_of_all(table: str = "post") -> int:
    """The operation that is to delete all rows, which waits for a worker; gives its number."""
    susan = db.session.scalars(select(Administrator)).first()
    assert susan is not None
    selection = bulk.choose_matching(susan.id, table, SavedQuery((), "", "UTC"))
    bulk.freeze(selection.id)
    db.session.expire_all()
    return bulk.delete(selection, ()).id


def operation(operation_id: int) -> Operation:
    """An operation as it is now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Operation, operation_id)


def left() -> int:
    """How many posts there are now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Post)) or 0


def recorded(operation_id: int) -> int:
    """How many different rows an operation has recorded."""
    db.session.rollback()
    rows = select(func.count(Change.row_key.distinct())).where(Change.operation_id == operation_id)
    return db.session.scalar(rows) or 0


def recorded_in_all(operation_id: int) -> int:
    """How many changes an operation has recorded."""
    return db.session.scalar(select(func.count()).where(Change.operation_id == operation_id)) or 0


def is_consistent(act: Operation) -> bool:
    """Whether every row is either there or recorded as deleted, once, and counted."""
    distinct = recorded(act.id)
    return distinct == recorded_in_all(act.id) == act.changed_rows == ROWS - left()
