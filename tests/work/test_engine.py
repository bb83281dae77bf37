"""Going on with an operation: by one worker at a time, from where the last one came to."""

from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update

from backoffice import undo
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Administrator, Operation, Post, User
from backoffice.work import engine as engine_module
from backoffice.work import lease, run_operation
from backoffice.work.pace import Pace
from tests.databases import short_lock_timeout
from tests.managing import run_sql
from tests.work.conftest import (
    ROWS,
    deletion_of_all,
    is_consistent,
    left,
    operation,
    recorded,
    recorded_in_all,
)

pytestmark = pytest.mark.every_database


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of a hundred rows, so that there is something between the first and the last."""
    monkeypatch.setattr("backoffice.work.pace.MOST_ROWS", 100)


def after(chunks: int) -> Callable[[], bool]:
    """A worker that is told to stop after so many chunks."""
    seen = iter(range(chunks))
    return lambda: next(seen, None) is None


def test_it_is_done_and_says_so(posts: int) -> None:
    act_id = deletion_of_all()
    assert lease.due(Operation) == [act_id]
    run_operation(act_id)
    act = operation(act_id)
    assert (act.state, act.changed_rows, act.expected_rows, left()) == ("done", ROWS, ROWS, 0)
    assert act.finished_at is not None
    assert act.began_at is not None
    assert act.lease_until is None
    assert lease.due(Operation) == []
    assert is_consistent(act)


def test_a_worker_that_stops_leaves_the_rest_to_the_next(posts: int) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(5))
    act = operation(act_id)
    assert act.state == "running"
    assert 0 < left() < ROWS
    assert is_consistent(act)
    assert lease.due(Operation) == [act_id]
    run_operation(act_id)
    assert operation(act_id).state == "done"
    assert is_consistent(operation(act_id))


def test_while_one_goes_on_with_it_nobody_else_does(posts: int) -> None:
    act_id = deletion_of_all()
    assert lease.acquire(Operation, act_id) == 1
    assert lease.acquire(Operation, act_id) is None
    run_operation(act_id)
    assert left() == ROWS
    assert lease.due(Operation) == []


def test_who_was_only_thought_dead_writes_nothing_any_more(
    posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id = deletion_of_all()

    def taken_over_after_three(self: Pace) -> None:
        if operation(act_id).changed_rows == 300:
            db.session.execute(update(Operation).values(lease_until=utcnow() - timedelta(seconds=1)))
            db.session.commit()
            assert lease.acquire(Operation, act_id) == 2

    monkeypatch.setattr(Pace, "let_others_write", taken_over_after_three)
    monkeypatch.setattr(Pace, "took", lambda self, seconds: setattr(self, "rows", 100))
    monkeypatch.setattr("backoffice.work.pace.LEAST_ROWS", 100)
    monkeypatch.setattr(Pace, "__init__", lambda self, dialect: setattr(self, "rows", 100))
    run_operation(act_id)
    act = operation(act_id)
    assert (act.state, act.fence, act.changed_rows, left()) == ("running", 2, 300, ROWS - 300)
    assert is_consistent(act)


def test_cancelled_it_stops_at_the_end_of_a_chunk_and_says_how_far_it_came(posts: int) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(4))
    db.session.execute(update(Operation).values(cancel_at=utcnow(), cancel_by="susan"))
    db.session.commit()
    run_operation(act_id)
    act = operation(act_id)
    assert act.state == "cancelled"
    assert act.finished_at is not None
    assert 0 < act.changed_rows < ROWS
    assert is_consistent(act)


@pytest.mark.parametrize(
    "change",
    [
        update(Administrator).values(role="viewer"),
        update(Administrator).values(disabled_at=utcnow()),
        delete(Administrator),
    ],
    ids=["demoted", "disabled", "revoked"],
)
def test_who_may_not_any_more_is_stopped_at_the_next_chunk(posts: int, change: Any) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(2))
    before = left()
    db.session.execute(change)
    db.session.commit()
    run_operation(act_id)
    act = operation(act_id)
    assert (act.state, left()) == ("failed", before)
    assert act.report is not None
    assert act.report["error"] == {"code": "forbidden"}
    assert is_consistent(act)


def test_an_undo_stops_too_where_the_role_is_taken(posts: int) -> None:
    act_id = deletion_of_all()
    run_operation(act_id)
    susan = db.session.scalars(select(Administrator.id)).one()
    undoing = undo.undo(operation(act_id), administrator_id=susan).id
    run_operation(undoing, after(2))
    before = left()
    assert 0 < before < ROWS
    db.session.execute(update(Administrator).values(role="viewer"))
    db.session.commit()
    run_operation(undoing)
    act = operation(undoing)
    assert (act.state, left()) == ("failed", before)
    assert act.report is not None
    assert act.report["error"] == {"code": "forbidden"}
    assert act.changed_rows == before


def test_two_workers_at_once_do_each_row_once(app: Flask, posts: int) -> None:
    act_id = deletion_of_all()

    def work() -> None:
        with app.app_context():
            run_operation(act_id)
            db.session.remove()

    threads = [Thread(target=copy_context().run, args=(work,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert operation(act_id).state == "done"
    assert is_consistent(operation(act_id))


def test_rows_that_somebody_holds_are_left_out_and_said(
    app: Flask, posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite locks the whole database, never a row")
    monkeypatch.setattr(engine_module, "sleep", lambda seconds: None)
    act_id = deletion_of_all()
    held = db.session.scalars(select(Post.id).order_by(Post.id).offset(2880).limit(2)).all()
    with db.engine.connect() as other:
        other.execute(select(Post.id).where(Post.id.in_(held)).with_for_update())
        db.session.remove()
        short_lock_timeout()
        run_operation(act_id)
        act = operation(act_id)
        assert act.report is not None
        assert (act.state, act.report["left_out"], left()) == ("done", {"locked": 2}, 2)
        assert [row[1] for row in act.report["left_out_rows"]] == [str(key) for key in held]
        other.rollback()


def test_a_connection_that_breaks_in_the_middle_is_survived(
    posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server that could go away")
    act_id = deletion_of_all()
    breaks = iter([300, 700])

    def break_now(self: Pace) -> None:
        if operation(act_id).changed_rows >= next(breaks, ROWS + 1):
            kill_connections()

    monkeypatch.setattr(Pace, "let_others_write", break_now)
    monkeypatch.setattr(engine_module, "sleep", lambda seconds: None)
    run_operation(act_id)
    assert operation(act_id).state == "done"
    assert is_consistent(operation(act_id))


def kill_connections() -> None:
    """End every connection to this database but the one that does it, as a restart would."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            return
        own = connection.scalar(text("SELECT connection_id()"))
        query = "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> :own"
        for other in connection.scalars(text(query), {"own": own}).all():
            connection.exec_driver_sql(f"KILL {other}")


def test_a_row_whose_posts_somebody_holds_is_left_out_and_said(
    app: Flask, posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite locks the whole database, never a row")
    monkeypatch.setattr(engine_module, "sleep", lambda seconds: None)
    db.session.execute(insert(User), [{"username": name, "email": f"{name}@x.y"} for name in "abc"])
    a, b, _c = db.session.scalars(select(User.id).where(User.username != "susan").order_by(User.id))
    own = list(db.session.scalars(select(Post.id).order_by(Post.id).limit(200)))
    db.session.execute(update(Post).where(Post.id.in_(own[:100])).values(user_id=a))
    db.session.execute(update(Post).where(Post.id.in_(own[100:])).values(user_id=b))
    db.session.commit()
    act_id = deletion_of_all("user")
    with db.engine.connect() as other:
        other.execute(select(Post.id).where(Post.id == own[150]).with_for_update())
        short_lock_timeout()
        run_operation(act_id)
        act = operation(act_id)
        assert act.report is not None
        assert (act.state, act.report["left_out"]) == ("done", {"locked": 1})
        assert act.report["left_out_rows"] == [["user", str(b), "locked"]]
        assert db.session.scalar(select(Post.user_id).where(Post.id == own[150])) == b
        other.rollback()
    # What was done is counted: two users, and all posts but the one.
    assert act.changed_rows == recorded_in_all(act_id) == 2 + 199


def test_what_the_database_refuses_ends_in_words_and_what_was_done_is_kept(
    posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "sleep", lambda seconds: None)
    act_id = deletion_of_all()
    middle = db.session.scalars(select(Post.id).order_by(Post.id).offset(1500).limit(1)).one()
    db.session.rollback()
    refuse_deletion_of(middle)
    try:
        run_operation(act_id)
    finally:
        forget_the_rule()
    act = operation(act_id)
    assert act.report is not None
    assert (act.state, act.report["error"]) == ("failed", {"code": "rule of the table"})
    assert 0 < act.changed_rows < ROWS
    assert is_consistent(act)


def refuse_deletion_of(post_id: int) -> None:
    """A rule of the application's own that no reflection shows: a trigger."""
    trigger = "CREATE TRIGGER keep BEFORE DELETE ON post"
    if db.engine.dialect.name == "sqlite":
        run_sql(f"{trigger} WHEN old.id = {post_id} BEGIN SELECT RAISE(ABORT, 'kept'); END")
    elif db.engine.dialect.name == "postgresql":
        refuse = "RAISE EXCEPTION 'kept' USING ERRCODE = 'integrity_constraint_violation'"
        run_sql(
            f"CREATE FUNCTION keep() RETURNS trigger AS $$ BEGIN {refuse}; END $$ LANGUAGE plpgsql",
            f"{trigger} FOR EACH ROW WHEN (old.id = {post_id}) EXECUTE FUNCTION keep()",
        )
    else:
        refuse = "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1451, MESSAGE_TEXT = 'kept'"
        run_sql(f"{trigger} FOR EACH ROW IF old.id = {post_id} THEN {refuse}; END IF")


def forget_the_rule() -> None:
    on_postgresql = db.engine.dialect.name == "postgresql"
    run_sql("DROP FUNCTION keep() CASCADE" if on_postgresql else "DROP TRIGGER keep")


def test_an_act_whose_rows_are_gone_fails_and_says_why(posts: int) -> None:
    act_id = deletion_of_all()
    db.session.execute(text("DELETE FROM post"))
    db.session.commit()
    run_operation(act_id)
    act = operation(act_id)
    assert act.state == "failed"
    assert act.report is not None
    assert act.report["error"] == {"code": "nothing to delete"}
    assert recorded(act_id) == recorded_in_all(act_id) == 0
