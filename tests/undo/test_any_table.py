"""What the models do not know comes back too: other columns, of any type, and other tables."""

import pytest
from sqlalchemy import select, text

from backoffice import bulk
from backoffice.extensions import db
from backoffice.models import Operation, User
from tests.undo.conftest import choose_all, finished, stored
from tests.undo.test_undo import changes_of, undone

pytestmark = pytest.mark.every_database

COLUMNS = {
    "sqlite": [
        "token BLOB", "price DECIMAL(10, 4)", "weight REAL", "notes JSON", "label TEXT", "flag BOOLEAN",
        "doubled INTEGER GENERATED ALWAYS AS (id * 2) VIRTUAL",
    ],
    "postgresql": [
        "token bytea", "price numeric(30, 12)", "weight double precision", "notes json", "label varchar(80)",
        "flag boolean", "doubled integer GENERATED ALWAYS AS (id * 2) STORED", "words text[]",
        "number bigint GENERATED ALWAYS AS IDENTITY", "at timestamptz", "address inet", "more jsonb",
    ],
    "mariadb": [
        "token varbinary(40)", "price decimal(30, 12)", "weight double", "small float", "notes json",
        "label varchar(80)", "flag bit(1)", "doubled int GENERATED ALWAYS AS (`user_id` * 2) STORED",
    ],
}  # fmt: skip
VALUES = {
    "sqlite": {
        "token": "x'00ff10'", "price": "12345.6789", "weight": "0.1 + 0.2", "label": "'{\"hex\": \"00\"}'",
        "notes": "'{\"a\": [1, null]}'", "flag": "1",
    },
    "postgresql": {
        "token": "'\\x00ff10'", "price": "123456789012345.123456789012", "weight": "0.1::float8 + 0.2",
        "notes": "'{\"a\":  [1, null], \"a\": 2}'", "label": "'{\"hex\": \"00\"}'", "flag": "true",
        "words": "ARRAY['a', NULL, 'b,c']", "at": "'2026-03-01 12:00:00.123456+05'",
        "address": "'10.0.0.1'", "more": "'null'",
    },
    "mariadb": {
        "token": "x'00ff10'", "price": "123456789012345.123456789012", "weight": "0.1e0 + 0.2e0",
        "small": "0.1", "notes": "'{\"a\":  [1, null]}'", "label": "'{\"hex\": \"00\"}'", "flag": "b'1'",
    },
}  # fmt: skip


def dialect() -> str:
    return db.engine.dialect.name.replace("mysql", "mariadb")


def run(*statements: str) -> None:
    for statement in statements:
        db.session.execute(text(statement.replace(":", "\\:")))
    db.session.commit()


def quoted(name: str) -> str:
    return db.engine.dialect.identifier_preparer.quote(name)


@pytest.fixture
def odd_posts(crowd: list[int]) -> list[int]:
    """The posts have columns of every kind, with values in the first hundred of them."""
    run(*(f"ALTER TABLE post ADD COLUMN {column}" for column in COLUMNS[dialect()]))
    values = ", ".join(f"{name} = {value}" for name, value in VALUES[dialect()].items())
    run(f"UPDATE post SET {values} WHERE user_id <= {crowd[10]}")
    return crowd


def deleted(table: str, *filters: tuple[str, str], along: tuple[str, ...] = ()) -> Operation:
    selection = choose_all(table, *filters)
    bulk.freeze(selection.id)
    db.session.expire_all()
    return finished(bulk.delete(selection, along))


def test_columns_that_the_models_do_not_know(odd_posts: list[int]) -> None:
    before = stored()
    act = deleted("post")
    assert stored("post")["post"] == []
    back = undone(act)
    assert (back.state, back.report) == ("done", None)
    assert stored() == before
    again = undone(back)
    assert (again.changed_rows, stored("post")["post"]) == (300, [])
    undone(again)
    assert stored() == before


def test_a_change_to_such_a_column_counts_as_one(odd_posts: list[int]) -> None:
    act = deleted("post")
    back = undone(act)
    for assignment in VALUES[dialect()].items():
        run(f"UPDATE post SET {assignment[0]} = NULL WHERE user_id = {odd_posts[0]}")
    run(f"UPDATE post SET label = 'other' WHERE user_id = {odd_posts[20]}")
    there = stored()
    skipped = undone(back, skip=True)
    assert skipped.changed_rows == 280
    assert skipped.report is not None
    assert skipped.report["left_out"] == {"changed": 20}
    undone(skipped)
    assert stored() == there


def test_what_an_edit_changed_comes_back_exactly(odd_posts: list[int]) -> None:
    before = stored()
    selection = choose_all("post")
    bulk.freeze(selection.id)
    db.session.expire_all()
    act = finished(bulk.edit(selection, {"timestamp": None}))
    assert (act.changed_rows, act.state) == (300, "done")
    undone(act)
    assert stored() == before


def test_dependants_with_keys_of_two_columns(crowd: list[int]) -> None:
    user = quoted("user")
    run(
        f"CREATE TABLE followers (follower_id INTEGER NOT NULL,"
        f" followed_id INTEGER NOT NULL, since VARCHAR(20),"
        " PRIMARY KEY (follower_id, followed_id),"
        f" FOREIGN KEY (follower_id) REFERENCES {user} (id),"
        f" FOREIGN KEY (followed_id) REFERENCES {user} (id))"
    )
    try:
        run(*(f"INSERT INTO followers VALUES ({crowd[i]}, {crowd[i + 1]}, 'day {i}')" for i in range(10)))
        tables = ("user", "post", "followers")
        before = stored(*tables)
        along = ("followers.follower_id", "followers.followed_id", "post.user_id")
        act = deleted("user", ("username_in_list", "user3,user4"), along=along)
        assert {change.table_name for change in changes_of(act)} == {"user", "post", "followers"}
        assert len(stored(*tables)["followers"]) == 7
        back = undone(act)
        assert stored(*tables) == before
        undone(back)
        undone(undone(act))
        assert db.session.scalars(select(User.username).where(User.username == "user3")).all() == []
    finally:
        db.session.rollback()
        run("DROP TABLE followers")
