"""The different values of a column, found without reading the table."""

import pytest
from flask import Flask
from sqlalchemy import insert

from backoffice.extensions import db
from backoffice.listing import distinct_values
from backoffice.models import Operation

pytestmark = pytest.mark.every_database


def write(*kinds: str, table: str | None = "post") -> None:
    db.session.execute(
        insert(Operation),
        [
            {"kind": kind, "actor_kind": "person", "actor_name": "susan", "table_name": table}
            for kind in kinds
        ],
    )
    db.session.commit()


def test_each_value_comes_once_in_order(app: Flask) -> None:
    write("post:delete", "post:create", "user:create", "post:create", "seed")
    assert distinct_values(db.session, Operation.kind) == [
        "post:create",
        "post:delete",
        "seed",
        "user:create",
    ]


def test_there_may_be_none(app: Flask) -> None:
    assert distinct_values(db.session, Operation.kind) == []
    write("seed", table=None)
    assert distinct_values(db.session, Operation.table_name) == []


def test_nulls_are_left_out(app: Flask) -> None:
    write("seed", table=None)
    write("post:create")
    assert distinct_values(db.session, Operation.table_name) == ["post"]


def test_of_some_rows_only_theirs(app: Flask) -> None:
    write("post:create", "post:delete", "seed")
    write("user:create", table="user")
    assert distinct_values(db.session, Operation.kind, {Operation.table_name: "user"}) == ["user:create"]
    assert distinct_values(db.session, Operation.kind, {Operation.table_name: "post"}) == [
        "post:create",
        "post:delete",
        "seed",
    ]
    assert distinct_values(db.session, Operation.kind, {Operation.actor_name: "nobody"}) == []
