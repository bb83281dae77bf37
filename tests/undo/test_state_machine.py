"""Whatever is done, in whatever order: history replayed gives the database, undoing all of it the beginning.

`TEST_EXAMPLES=500` looks for much longer than a run of the suite does, and elsewhere each time.
"""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select, true

from backoffice import bulk
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, key_text, operation, rows_where
from backoffice.models import Administrator, Change, Operation, Post, User
from backoffice.undo import undo

pytestmark = [pytest.mark.every_database, pytest.mark.hypothesis]

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "0"))
TABLES: tuple[Any, ...] = (User.__table__, Post.__table__)
NAMES = [f"user{i}" for i in range(8)]
NOON = datetime(2024, 2, 29, 12, 0, 0, 250_000)

Rows = dict[tuple[str, str], dict[str, Any]]
some = st.sets(st.integers(0, 5), min_size=1)


def stored() -> Rows:
    """Every row that there is, as the database has it."""
    db.session.rollback()
    return {
        (table.name, key_text(key)): snapshot
        for table in TABLES
        for key, snapshot in rows_where(db.session(), table, true()).items()
    }


def replayed(rows: Rows, changes: dict[int, Change]) -> Rows:
    """What history says that became of these rows, from its own records alone."""
    rows = dict(rows)
    for _id, change in sorted(changes.items()):
        place = (change.table_name, change.row_key)
        assert (place in rows) is (change.action != "insert"), f"{change.action} of {place}"
        if change.action == "delete":
            before = rows.pop(place)
            assert snapshot_of(change, changes, "before") == before
        elif change.action == "insert":
            rows[place] = snapshot_of(change, changes, "after")
        else:
            old, new = snapshot_of(change, changes, "before"), snapshot_of(change, changes, "after")
            assert {name: rows[place][name] for name in old} == old
            rows[place] = rows[place] | new
    return rows


def snapshot_of(change: Change, changes: dict[int, Change], side: str) -> dict[str, Any]:
    """What a change kept; a row that came back, or went again, is kept by the change that took or made it."""
    snapshot = getattr(change, side)
    if snapshot is None:
        assert change.source_id is not None
        source = changes[change.source_id]
        snapshot = source.before if source.action == "delete" else source.after
    assert snapshot is not None
    return dict(snapshot)


class Console(RuleBasedStateMachine):
    """An administrator who does this and that; every number stands for one of the rows that there are."""

    susan: int
    grant: int

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        db.session.execute(delete(Post).execution_options(synchronize_session=False))
        db.session.execute(delete(User).where(User.id != self.susan))
        db.session.commit()
        self.make_user(0)
        for number in range(3):
            self.make_post(number, f"post {number}")
        self.beginning = stored()
        self.first_change = db.session.scalar(select(func.max(Change.id))) or 0
        self.first_act = db.session.scalar(select(func.max(Operation.id))) or 0

    def users(self) -> list[int]:
        others = select(User.id).where(User.id != self.susan).order_by(User.id)
        return list(db.session.scalars(others))

    def posts(self) -> list[int]:
        return list(db.session.scalars(select(Post.id).order_by(Post.id)))

    def acts(self) -> list[Operation]:
        db.session.rollback()
        since = select(Operation).where(Operation.id > self.first_act).order_by(Operation.id)
        return list(db.session.scalars(since))

    def picked(self, keys: list[int], numbers: set[int]) -> list[int]:
        return sorted({keys[number % len(keys)] for number in numbers}) if keys else []

    @rule(number=st.integers(0, 7))
    def make_user(self, number: int) -> None:
        name = NAMES[number]
        if db.session.scalar(select(User.id).where(User.username == name)) is None:
            with operation("user:create", table="user"):
                db.session.add(
                    User(username=name, email=f"{name}@example.com", password_hash=f"hash of {name}")
                )

    @rule(number=st.integers(0, 5), body=st.sampled_from(["", "one", "zwei 🦉", "x" * 140, "{}\\'\""]))
    def make_post(self, number: int, body: str) -> None:
        authors = [*self.users(), None]
        with operation("post:create", table="post"):
            db.session.add(Post(body=body, user_id=authors[number % len(authors)]))

    @rule(number=st.integers(0, 5), body=st.sampled_from(["edited", "again"]), moved=st.booleans())
    def edit_post(self, number: int, body: str, moved: bool) -> None:
        for key in self.picked(self.posts(), {number}):
            with operation("post:update", table="post"):
                post = db.session.get_one(Post, key)
                post.body = body
                post.timestamp = NOON if moved else post.timestamp

    @rule(number=st.integers(0, 5), domain=st.sampled_from(["example.org", "example.net"]))
    def edit_user(self, number: int, domain: str) -> None:
        for key in self.picked(self.users(), {number}):
            with operation("user:update", table="user"):
                user = db.session.get_one(User, key)
                user.email = f"{user.username}@{domain}"

    @rule(numbers=some, along=st.booleans())
    def delete_users(self, numbers: set[int], along: bool) -> None:
        if keys := self.picked(self.users(), numbers):
            bulk.delete(bulk.choose(self.grant, "user", keys), ["post.user_id"] if along else [])

    @rule(numbers=some)
    def delete_posts(self, numbers: set[int]) -> None:
        if keys := self.picked(self.posts(), numbers):
            bulk.delete(bulk.choose(self.grant, "post", keys), [])

    @rule(numbers=some, author=st.integers(0, 5), hours=st.none() | st.integers(0, 2))
    def edit_posts(self, numbers: set[int], author: int, hours: int | None) -> None:
        authors = [*self.users(), None]
        values: dict[str, Any] = {"user_id": authors[author % len(authors)]}
        if hours is not None:
            values["timestamp"] = NOON + timedelta(hours=hours)
        if keys := self.picked(self.posts(), numbers):
            bulk.edit(bulk.choose(self.grant, "post", keys), values)

    @precondition(lambda self: self.acts())
    @rule(number=st.integers(0, 30))
    def undo_one(self, number: int) -> None:
        acts = self.acts()
        try:
            undo(acts[number % len(acts)], skip=True, administrator_id=self.grant)
        except Conflict:  # nothing of it can be undone now
            assert stored() == self.replay()

    @invariant()
    def history_tells_what_there_is(self) -> None:
        assert self.replay() == stored()

    def replay(self) -> Rows:
        db.session.rollback()
        since = select(Change).where(Change.id > self.first_change, Change.table_name.in_(["user", "post"]))
        return replayed(self.beginning, {change.id: change for change in db.session.scalars(since)})

    def teardown(self) -> None:
        for act in reversed(self.acts()):
            if act.changed_rows:
                undo(act, administrator_id=self.grant)
        assert stored() == self.beginning
        self.history_tells_what_there_is()


def test_history_tells_what_there_is_and_all_of_it_can_be_undone(app: Flask, susan: User) -> None:
    grant = db.session.scalars(select(Administrator)).one()
    machine = type("SusansConsole", (Console,), {"susan": susan.id, "grant": grant.id})
    few = 5 if db.engine.dialect.name == "sqlite" else 2
    with acting_as(Actor("person", "susan", susan.id)):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES or few,
                stateful_step_count=30 if EXAMPLES else 12,
                derandomize=not EXAMPLES,
                # Looking for the shortest way to the same failure takes longer than finding one.
                phases=(Phase.generate, Phase.shrink) if EXAMPLES else (Phase.generate,),
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
