"""Forgetting what is long over, of which the chain of seals stays whole."""

import pytest
from flask import Flask, current_app
from sqlalchemy import func, insert, select

from backoffice.clock import utcnow
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import begin_operation, seal_all, verify
from backoffice.models import Change, Operation, Redaction
from backoffice.models.operation import State
from backoffice.retention import purge, purge_daily, purgeable, redact
from backoffice.work import run_operation
from tests.history.conftest import DAY, edit, finding, numbers, tamper

pytestmark = pytest.mark.every_database

KEPT = 90 * DAY


@pytest.fixture
def history(sealed: list[int]) -> list[int]:
    """Six operations, of which the first four ended a hundred days ago."""
    tamper("DELETE FROM backoffice_seal")
    tamper("UPDATE backoffice_operation SET sealed_at = NULL")
    for number in sealed[:4]:
        db.session.get_one(Operation, number).finished_at = utcnow() - 100 * DAY
        db.session.get_one(Operation, number).address = "192.0.2.1"
    db.session.commit()
    seal_all()
    return sealed


def purged() -> Operation:
    act = purge(utcnow() - KEPT)
    assert act is not None
    run_operation(act.id)
    db.session.rollback()
    return db.session.get_one(Operation, act.id, populate_existing=True)


def kept() -> set[int]:
    """The operations whose changes are there."""
    db.session.rollback()
    return set(db.session.scalars(select(Change.operation_id)))


def test_what_is_long_over_is_forgotten_and_the_rest_is_kept(history: list[int]) -> None:
    found = purgeable(utcnow() - KEPT)
    assert (found.operations, found.changes) == (4, 5)
    act = purged()
    assert (act.state, act.expected_rows, act.changed_rows) == ("done", 5, 5)
    assert kept() == set(history[4:])
    gone = db.session.get_one(Operation, history[0])
    assert gone.forgotten_at is not None
    assert (gone.selection, gone.plan, gone.address, gone.kind) == (None, None, None, "user:create")
    assert db.session.get_one(Operation, history[4]).forgotten_at is None
    assert finding() == ""
    seal_all()
    assert finding() == ""
    assert purge(utcnow() - KEPT) is None


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO backoffice_change (operation_id, table_name, row_key, action) VALUES (:n, 'x', '1', '')",
        "UPDATE backoffice_operation SET kind = 'x' WHERE id = :n",
        "UPDATE backoffice_operation SET forgotten_at = NULL WHERE id = :n",
        "DELETE FROM backoffice_forgetting WHERE operation_id = :n",
        "UPDATE backoffice_forgetting SET content_digest = 'x' WHERE operation_id = :n",
    ],
)
def test_what_was_forgotten_can_be_altered_no_more_than_what_was_not(
    history: list[int], statement: str
) -> None:
    purged()
    seal_all()
    tamper(statement, n=history[1])
    assert finding().startswith(f"Operation {history[1]} was altered")


def test_that_it_was_forgotten_cannot_be_made_up(history: list[int]) -> None:
    act = purged()
    seal_all()
    tamper("DELETE FROM backoffice_change WHERE operation_id = :n", n=history[5])
    tamper("UPDATE backoffice_operation SET forgotten_at = finished_at WHERE id = :n", n=history[5])
    assert finding().startswith(f"Operation {history[5]} was altered")
    values = {"operation_id": history[5], "by_id": act.id}
    db.session.execute(insert(Redaction), [values])
    db.session.commit()
    assert finding().startswith(f"Operation {history[5]} was altered")
    some = db.session.scalars(select(Redaction)).first()
    assert some is not None
    tamper(
        "UPDATE backoffice_forgetting SET key_id = :key, content_digest = :digest WHERE operation_id = :n",
        key=some.key_id, digest=some.content_digest, n=history[5],
    )  # fmt: skip
    assert finding().startswith(f"Operation {history[5]} was altered")


def test_forgetting_without_an_end_is_no_excuse(history: list[int]) -> None:
    with begin_operation("history:forget") as fake:
        fake.state, fake.started_at = State.RUNNING, utcnow() - 2 * DAY
        fake_id = fake.id
    db.session.execute(insert(Redaction), [{"operation_id": history[1], "by_id": fake_id}])
    db.session.commit()
    assert finding().startswith(f"Operation {history[1]} was altered")


def test_what_was_undone_is_kept_as_long_as_its_undo(history: list[int]) -> None:
    """The second was undone long ago, and that was undone again lately: their images are still needed."""
    for undoing, undone in ((3, 1), (5, 3)):
        tamper(
            "UPDATE backoffice_operation SET undoes_id = :undone, sealed_at = NULL WHERE id = :undoing",
            undone=history[undone], undoing=history[undoing],
        )  # fmt: skip
    tamper("DELETE FROM backoffice_seal")
    tamper("UPDATE backoffice_operation SET sealed_at = NULL")
    seal_all()
    purged()
    assert kept() == {history[n] for n in (1, 3, 4, 5)}
    assert finding() == ""


def test_what_is_not_sealed_or_not_over_is_kept(history: list[int]) -> None:
    tamper("DELETE FROM backoffice_seal WHERE operation_id = :n", n=history[0])
    tamper("UPDATE backoffice_operation SET state = 'running' WHERE id = :n", n=history[1])
    purged()
    assert kept() >= set(history[:2])


def a_key_of_a_post() -> str:
    """That of one of which something is kept."""
    kept_of_it = Change.before.is_not(None) | Change.after.is_not(None)
    return (
        db.session.scalars(select(Change.row_key).where(Change.table_name == "post", kept_of_it)).first()
        or ""
    )


def test_a_big_one_goes_in_chunks_and_is_resumed(
    history: list[int], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin_operation("post:delete") as act:
        rows = [
            {"operation_id": act.id, "table_name": "post", "row_key": str(n), "action": "delete"}
            for n in range(1_000)
        ]
        db.session.execute(insert(Change), rows)
        act.finished_at, act.changed_rows = utcnow() - 100 * DAY, 1_000
        act_id = act.id
    tamper("DELETE FROM backoffice_seal")
    tamper("UPDATE backoffice_operation SET sealed_at = NULL")
    seal_all()
    monkeypatch.setattr("backoffice.work.pace.MOST_ROWS", 100)
    monkeypatch.setattr("backoffice.work.pace.Pace.took", lambda self, seconds: setattr(self, "rows", 100))
    purging = purge(utcnow() - KEPT)
    assert purging is not None
    chunks = iter(range(5))
    run_operation(purging.id, lambda: next(chunks, None) is None)
    left = db.session.scalar(select(func.count()).where(Change.operation_id == act_id))
    assert left is not None
    assert 0 < left < 1_000
    report = verify()
    assert (report.findings, report.being_forgotten) == ([], 5)
    with pytest.raises(Conflict, match="is forgetting just now"):
        redact("post", a_key_of_a_post())
    run_operation(purging.id)
    db.session.rollback()
    assert db.session.get_one(Operation, purging.id, populate_existing=True).changed_rows == 1_005
    assert act_id not in kept()
    seal_all()
    report = verify()
    assert (report.findings, report.being_forgotten) == ([], 0)


def test_what_a_cancelled_one_left_is_taken_by_the_next(
    history: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backoffice.retention.purging.OPERATIONS_A_STEP", 1)
    monkeypatch.setattr("backoffice.work.engine.Pace.took", lambda self, seconds: setattr(self, "rows", 1))
    monkeypatch.setattr(
        "backoffice.work.engine.Pace.__init__",
        lambda self, dialect: self.__dict__.update(rows=1, _pause=0, _seconds=1),
    )
    act = purge(utcnow() - KEPT)
    assert act is not None
    chunks = iter(range(1))
    run_operation(act.id, lambda: next(chunks, None) is None)
    assert len(kept()) == 6
    db.session.get_one(Operation, act.id).cancel_at = utcnow()
    db.session.commit()
    run_operation(act.id)
    seal_all()
    assert (verify().findings, verify().being_forgotten) == ([], 1)
    purged()
    assert kept() == set(history[4:])
    seal_all()
    assert (verify().findings, verify().being_forgotten) == ([], 0)


def test_a_setting_has_it_done_once_a_day(history: list[int]) -> None:
    purge_daily()
    assert len(numbers()) == 6
    current_app.config["HISTORY_KEEP_DAYS"] = 90
    purge_daily()
    purge_daily()
    [act] = db.session.scalars(select(Operation).where(Operation.kind == "history:purge"))
    assert (act.actor_name, act.state) == ("manage.py worker", "waiting")
    run_operation(act.id)
    edit("later")
    assert kept() == {*history[4:], numbers()[-1]}
