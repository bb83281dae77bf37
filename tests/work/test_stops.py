"""What stops an operation, but its own rows: it says why, and goes on by itself or by a button."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, update
from sqlalchemy.exc import DBAPIError

from backoffice import bulk
from backoffice.bulk import SavedQuery
from backoffice.clock import utcnow
from backoffice.database_errors import Reason
from backoffice.extensions import db
from backoffice.models import Administrator, Operation, Post, Selection
from backoffice.work import cancel, engine, lease, resume, run_operation
from backoffice.work.jobs import job_of
from backoffice.work.pace import Pace
from tests.faults import fill_up, make_read_only, refuse, take_away
from tests.work.conftest import ROWS, deletion_of_all, is_consistent, left, operation

DELETES = "DELETE FROM post"
# What passes, what is asked for less of, and what somebody has to mend, on each server.
PASSING: dict[str, tuple[str | int, ...]] = {
    "postgresql": ("53300", "53100", "53200", "25006", "40001", "40P01", "55P03", "57P03"),
    "mariadb": (1020, 1021, 1037, 1040, 1053, 1205, 1213, 1290, 1836),
}
SLOW: dict[str, str | int] = {"postgresql": "57014", "mariadb": 1969}
MENDED: dict[str, dict[str | int, Reason]] = {
    "postgresql": {
        "42501": Reason.NOT_ALLOWED,
        "53400": Reason.LIMITED,
        "08P01": Reason.PROTOCOL,
        "28000": Reason.SIGN_IN,
        "3D000": Reason.NOT_THERE,
    },
    "mariadb": {1142: Reason.NOT_ALLOWED, 1226: Reason.LIMITED, 1045: Reason.SIGN_IN, 1049: Reason.NOT_THERE},
}
on_servers = pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three hundred rows, so that there is something between the first and the last."""
    monkeypatch.setattr("backoffice.work.pace.MOST_ROWS", 300)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, which takes no time here."""
    seconds: list[float] = []
    monkeypatch.setattr(engine, "sleep", seconds.append)
    return seconds


@pytest.fixture
def anew(app: Flask) -> Callable[[], None]:
    """Have the database refuse nothing any more."""
    engines: dict[str | None, Engine] = db.engines  # type: ignore[assignment]
    healthy = db.engine

    def mend() -> None:
        db.session.remove()
        engines[None] = healthy.execution_options()

    mend()
    return mend


def dialect() -> str:
    return db.engine.dialect.name


def is_done(act_id: int) -> bool:
    act = operation(act_id)
    return act.state == "done" and left() == 0 and is_consistent(act) and act.waits_for is None


def times_out(act_id: int) -> None:
    """Let a pause be over."""
    over = update(Operation).where(Operation.id == act_id)
    db.session.execute(over.values(lease_until=utcnow() - timedelta(seconds=1)))
    db.session.commit()
    assert lease.due(Operation) == [act_id]


# What passes


@on_servers
def test_what_passes_is_waited_out(posts: int, slept: list[float], anew: Callable[[], None]) -> None:
    for code in PASSING[dialect()]:
        act_id = deletion_of_all()
        run_operation(act_id, after(2))
        refuse(code, DELETES, times=2)
        run_operation(act_id)
        anew()
        assert is_done(act_id), code
        bring_back()
    assert 0 < max(slept) <= 2.0


def after(chunks: int) -> Callable[[], bool]:
    seen = iter(range(chunks))
    return lambda: next(seen, None) is None


def bring_back() -> None:
    db.session.execute(insert(Post), [{"body": f"post {i}"} for i in range(ROWS)])
    db.session.commit()


def test_a_database_that_is_away_is_waited_for_and_gone_on_with_at_once(
    posts: int, monkeypatch: pytest.MonkeyPatch, anew: Callable[[], None]
) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(2))
    sleeps: list[float] = []

    def until_it_is_back(seconds: float) -> None:
        sleeps.append(seconds)
        if len(sleeps) == 6:
            anew()

    monkeypatch.setattr(engine, "sleep", until_it_is_back)
    once(take_away)
    run_operation(act_id)
    assert is_done(act_id)
    assert len(sleeps) >= 6
    assert max(sleeps) <= 2.0


def once(do: Callable[[], None], what: str = DELETES) -> None:
    """Do it when a statement comes that has `what` in it, the first time."""
    is_first = iter([True])

    def first(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if what in statement and next(is_first, False):
            do()

    event.listen(db.engine, "before_cursor_execute", first)


def test_what_lasts_is_noted_and_cleared_by_the_next_chunk(
    posts: int, slept: list[float], anew: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(2))
    monkeypatch.setattr(engine, "NOTED_SECONDS", -1.0)
    refuse_as_full(times=3)
    monkeypatch.setattr(engine, "sleep", lambda seconds: noted.append(operation(act_id).waits_for))
    noted: list[str | None] = []
    run_operation(act_id)
    assert noted == ["no room"] * 3
    anew()
    assert is_done(act_id)


def refuse_as_full(times: int) -> None:
    refuse_here({"postgresql": "53100", "mariadb": 1021, "sqlite": sqlite3.SQLITE_FULL}, DELETES, times)


def refuse_here(codes: dict[str, str | int], what: str, times: int) -> None:
    """The same on each kind of database; SQLite has no way to make it refuse, so its driver is made to."""
    if dialect() != "sqlite":
        refuse(codes[dialect()], what, times)
        return
    left_over = iter(range(times))

    def refused(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if what in statement and next(left_over, None) is not None:
            error = sqlite3.OperationalError("refused")
            error.sqlite_errorcode = int(codes["sqlite"])
            raise error

    event.listen(db.engine, "before_cursor_execute", refused)


def test_what_lasts_for_long_is_left_to_a_later_turn_with_its_reason(
    posts: int, slept: list[float], monkeypatch: pytest.MonkeyPatch, anew: Callable[[], None]
) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(2))
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", -1.0)
    refuse_as_full(times=1_000)
    run_operation(act_id)
    anew()
    act = operation(act_id)
    assert (act.state, act.waits_for, act.holder) == ("running", "no room", None)
    assert act.waits_since is not None
    assert is_consistent(act)
    assert lease.due(Operation) == []
    times_out(act_id)
    run_operation(act_id)
    assert is_done(act_id)


def test_rows_are_not_left_out_for_a_database_that_was_away(
    posts: int, slept: list[float], anew: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id = deletion_of_all()
    seen: list[bool] = []

    def watched(act: Operation) -> Any:
        seen.append(bool(db.session().info.get("skip_locked")))
        return job_of(act)

    monkeypatch.setattr(engine, "job_of", watched)
    refuse_as_full(times=5)
    run_operation(act_id)
    assert len(seen) > 5
    assert not any(seen)


@pytest.mark.parametrize("migrated_url", ["sqlite", "postgresql"], indirect=True)
def test_a_database_that_is_read_only_is_waited_for(
    posts: int, monkeypatch: pytest.MonkeyPatch, anew: Callable[[], None]
) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(2))
    sleeps: list[float] = []

    def mend(seconds: float) -> None:
        sleeps.append(seconds)
        if len(sleeps) == 4:
            db.engine.dispose()
            anew()

    monkeypatch.setattr(engine, "sleep", mend)
    once(make_read_only)
    run_operation(act_id)
    assert is_done(act_id)
    assert len(sleeps) >= 4


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_full_disk_stops_it_with_the_reason_and_with_room_it_goes_on(
    posts: int, slept: list[float], anew: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(1))
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(engine, "sleep", lambda seconds: None)
    fill_up()
    run_operation(act_id)
    act = operation(act_id)
    assert (act.state, act.waits_for) == ("running", "no room")
    assert 0 < left() < ROWS
    assert is_consistent(act)
    db.session.remove()
    db.engine.dispose()
    anew()
    assert resume(act_id)
    assert lease.due(Operation) == [act_id]
    run_operation(act_id)
    assert is_done(act_id)


# What is asked for less of


@on_servers
def test_what_takes_too_long_is_tried_with_half_of_it(
    posts: int, slept: list[float], monkeypatch: pytest.MonkeyPatch, anew: Callable[[], None]
) -> None:
    act_id = deletion_of_all()
    tried: list[int] = []
    timed = engine._timed_chunk

    def noted(turn: Any) -> Any:
        tried.append(turn.pace.rows)
        return timed(turn)

    monkeypatch.setattr(engine, "_timed_chunk", noted)
    refuse(SLOW[dialect()], DELETES, times=3)
    run_operation(act_id)
    anew()
    assert tried[:4] == [1000, 500, 250, 125]
    assert is_done(act_id)


@on_servers
def test_what_takes_too_long_however_little_it_is_stops_with_the_reason(
    posts: int, slept: list[float], anew: Callable[[], None]
) -> None:
    act_id = deletion_of_all()
    refuse(SLOW[dialect()], DELETES)
    run_operation(act_id)
    anew()
    act = operation(act_id)
    assert (act.state, act.waits_for, act.changed_rows) == ("running", "slow", 0)
    times_out(act_id)
    run_operation(act_id)
    assert is_done(act_id)


def test_half_of_it_stays_the_most_until_it_is_quick() -> None:
    pace = Pace("postgresql")
    pace.rows = 64
    assert pace.halve()
    assert pace.rows == 32
    pace.took(20.0)
    assert pace.rows == 32  # not the hundred that it took too long with
    pace.took(0.01)
    assert pace.rows == 64
    pace.rows = 1
    assert not pace.halve()


# What somebody has to mend


@on_servers
def test_what_the_operator_has_to_mend_stops_it_until_they_have(
    posts: int, slept: list[float], anew: Callable[[], None]
) -> None:
    act_id = deletion_of_all()
    for code, reason in MENDED[dialect()].items():
        refuse(code, DELETES)
        run_operation(act_id)
        anew()
        act = operation(act_id)
        assert (act.state, act.waits_for, act.holder) == ("running", reason, None), code
        assert act.lease_until is not None
        assert timedelta(0) < act.lease_until - utcnow() <= timedelta(seconds=2)
        assert resume(act_id)
    run_operation(act_id)
    assert is_done(act_id)


def test_a_mistake_of_ours_stops_it_and_once_it_is_mended_it_goes_on(
    posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id = deletion_of_all()
    run_operation(act_id, after(2))
    with monkeypatch.context() as patch:
        patch.setattr("backoffice.bulk.deletion_job.DeletionJob.step", lambda *_: 1 / 0)
        run_operation(act_id)
    act = operation(act_id)
    assert (act.state, act.waits_for) == ("running", "failed")
    times_out(act_id)
    run_operation(act_id)
    assert is_done(act_id)


def test_what_nobody_knows_stops_it_with_a_reason(posts: int, anew: Callable[[], None]) -> None:
    act_id = deletion_of_all()

    def refused(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if DELETES in statement:
            cursor.execute("SELECT nothing FROM nowhere")

    event.listen(db.engine, "before_cursor_execute", refused)
    run_operation(act_id)
    anew()
    assert (operation(act_id).state, operation(act_id).waits_for) == ("running", "refused")


# By a button


def test_what_waits_for_nothing_is_not_asked_to_go_on(posts: int) -> None:
    act_id = deletion_of_all()
    assert not resume(act_id)
    run_operation(act_id)
    assert not resume(act_id)


def test_what_waits_is_stopped_at_once(posts: int) -> None:
    act_id = deletion_of_all()
    stop(act_id)
    assert lease.due(Operation) == []
    assert cancel(act_id, "susan")
    act = operation(act_id)
    assert (act.state, act.waits_for, act.lease_until) == ("cancelled", None, None)


def stop(act_id: int) -> None:
    later = utcnow() + timedelta(seconds=20)
    values = {"state": "running", "waits_for": "no room", "lease_until": later, "holder": None}
    db.session.execute(update(Operation).where(Operation.id == act_id).values(**values))
    db.session.commit()


# Whose turn it is


def test_what_stands_under_a_workers_name_and_it_is_not_at_is_its_own_again(posts: int) -> None:
    act_id = deletion_of_all()
    lease.name_worker("one")
    try:
        assert lease.acquire(Operation, act_id) == 1
        assert operation(act_id).holder == "one"
        assert lease.due(Operation) == []
        lease.drop(Operation, act_id)  # as where it was killed and started again under its name
        assert lease.due(Operation) == [act_id]
        lease.name_worker("another")
        assert lease.due(Operation) == []
        assert lease.acquire(Operation, act_id) is None
        lease.name_worker("one")
        run_operation(act_id)
        assert is_done(act_id)
    finally:
        lease.name_worker(None)


def test_a_lease_that_ends_later_than_any_can_is_not_believed(posts: int) -> None:
    act_id = deletion_of_all()
    assert lease.acquire(Operation, act_id) == 1
    for seconds, is_believed in ((29, True), (33, True), (3_600, False)):
        until = utcnow() + timedelta(seconds=seconds)
        values = {"lease_until": until, "holder": "a clock an hour ahead"}
        db.session.execute(update(Operation).where(Operation.id == act_id).values(**values))
        db.session.commit()
        assert (lease.due(Operation) == []) is is_believed, seconds
    run_operation(act_id)
    assert is_done(act_id)


@on_servers
def test_somebody_who_is_at_it_is_not_waited_for(app: Flask, posts: int) -> None:
    act_id = deletion_of_all()
    with db.engine.connect() as other:
        other.exec_driver_sql("SELECT id FROM backoffice_operation FOR UPDATE")
        said: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
        assert lease.acquire(Operation, act_id) is None
    assert said[-1].endswith("FOR UPDATE NOWAIT")


# Reading the keys of a selection


@pytest.mark.parametrize("what", ["INSERT INTO backoffice_selection_page", "WITH found"])
def test_a_reader_that_the_database_left_begins_anew_at_once(
    posts: int, anew: Callable[[], None], what: str
) -> None:
    number = unread_selection()
    refuse_here({"postgresql": "57P03", "mariadb": 1053, "sqlite": sqlite3.SQLITE_BUSY}, what, times=1)
    with suppress(DBAPIError):  # said by the worker, in one line
        bulk.freeze(number)
    assert read(number).frozen_at is None
    assert lease.due(Selection) == [number]
    bulk.freeze(number)
    assert read(number).frozen_at is not None
    assert read(number).rows == ROWS


def test_a_reader_that_cannot_read_tries_again_later(posts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    number = unread_selection()
    with monkeypatch.context() as patch:
        patch.setattr("backoffice.bulk.selections._unprotected", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bulk.freeze(number)
    assert lease.due(Selection) == []
    assert (read(number).holder, read(number).lease_until is not None) == (None, True)
    db.session.execute(update(Selection).values(lease_until=utcnow() - timedelta(seconds=1)))
    db.session.commit()
    bulk.freeze(number)
    assert read(number).rows == ROWS


def unread_selection() -> int:
    susan = db.session.query(Administrator).one()
    number = bulk.choose_matching(susan.id, "post", SavedQuery((), "", "UTC")).id
    values = {"frozen_at": None, "rows": 0, "lease_until": utcnow() - timedelta(seconds=1)}
    db.session.execute(update(Selection).values(**values))
    db.session.commit()
    return number


def read(number: int) -> Selection:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Selection, number)
