"""What was sealed cannot be altered, removed or added to without being found."""

import signal
from contextvars import copy_context
from datetime import datetime, timedelta
from threading import Thread

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.history import (
    begin_operation,
    checkpoint,
    content,
    keyring,
    operation,
    seal_all,
    seal_some,
    seals,
    verification,
    verify,
)
from backoffice.history.keyring import SealKey
from backoffice.history.seals import hash_chain
from backoffice.models import Change, Operation, Post, Seal
from backoffice.models.operation import State
from tests.history.conftest import DAY, edit, finding, findings, numbers, tamper
from tests.processes import die_at, exit_code_of, points

pytestmark = pytest.mark.every_database


def chain() -> list[tuple[int, int]]:
    db.session.rollback()
    rows = db.session.execute(select(Seal.position, Seal.operation_id).order_by(Seal.position))
    return [(row[0], row[1]) for row in rows]


def test_everything_that_has_ended_is_sealed_once_and_is_whole(sealed: list[int]) -> None:
    assert chain() == list(enumerate(sealed, 1))
    assert seal_all() == seal_some() == 0
    report = verify()
    assert (report.findings, report.seals, report.changes) == ([], 6, 7)
    edit("more")
    assert verify().unsealed == 1
    assert seal_some() == 1
    assert (verify().seals, verify().unsealed) == (7, 0)


def test_what_goes_on_is_sealed_when_it_has_ended(sealed: list[int]) -> None:
    with begin_operation("post:delete") as act:
        act.state = State.RUNNING
        act_id = act.id
    edit("meanwhile")
    assert seal_all() == 1
    assert finding() == ""
    db.session.get_one(Operation, act_id).state = State.CANCELLED
    db.session.get_one(Operation, act_id).finished_at = utcnow()
    db.session.commit()
    assert seal_all() == 1
    assert chain()[-1] == (8, act_id)
    assert finding() == ""


INSERTED = (
    "INSERT INTO backoffice_change (operation_id, table_name, row_key, action)"
    " VALUES (:third, 'post', '7', 'delete')"
)
THEN = "'2020-01-01 00:00:00'"
# What is done to the third operation, and what is said of it.
ALTERED, REMOVED = "Operation {third} was altered", "Operation {third} was removed"
LINK = "The seal at position 3, of operation {number}, was altered or moved."
ALTERATIONS = {
    "a value": ("UPDATE backoffice_change SET {after} WHERE operation_id = :third", ALTERED),
    "a row's key": ("UPDATE backoffice_change SET row_key = '999' WHERE operation_id = :third", ALTERED),
    "a change gone": ("DELETE FROM backoffice_change WHERE operation_id = :third", ALTERED),
    "a change more": (INSERTED, ALTERED),
    "a change moved": (
        "UPDATE backoffice_change SET operation_id = :fourth WHERE operation_id = :third",
        ALTERED,
    ),
    "who": ("UPDATE backoffice_operation SET actor_name = 'bob' WHERE id = :third", ALTERED),
    "what": ("UPDATE backoffice_operation SET kind = 'post:look' WHERE id = :third", ALTERED),
    "when": (f"UPDATE backoffice_operation SET started_at = {THEN} WHERE id = :third", ALTERED),
    "forgotten": ("UPDATE backoffice_operation SET forgotten_at = finished_at WHERE id = :third", ALTERED),
    "an operation gone": ("DELETE FROM backoffice_operation WHERE id = :third", REMOVED),
    "a seal altered": (
        f"UPDATE backoffice_seal SET sealed_at = {THEN} WHERE operation_id = :third",
        LINK.replace("{number}", "{third}"),
    ),
    "a seal of something else": (
        "UPDATE backoffice_seal SET operation_id = 999 WHERE operation_id = :third",
        LINK.replace("{number}", "999"),
    ),
    "a seal gone": (
        "DELETE FROM backoffice_seal WHERE operation_id = :third",
        "The seal at position 3 was removed.",
    ),
}
AFTER = {
    "postgresql": """after = after || '{"body": "HELLO"}'""",
    "sqlite": "after = replace(after, 'hello', 'HELLO')",
    "mysql": "`after` = replace(`after`, 'hello', 'HELLO')",
}


@pytest.mark.parametrize("case", ALTERATIONS)
def test_whatever_is_altered_is_found(sealed: list[int], case: str) -> None:
    statement, found = ALTERATIONS[case]
    dialect = db.engine.dialect.name.replace("mariadb", "mysql")
    after = AFTER[dialect]
    # Further down too: both are named.
    tamper("UPDATE backoffice_operation SET kind = 'x' WHERE id = :last", last=sealed[-1])
    names = {name: sealed[place] for name, place in (("third", 2), ("fourth", 3)) if f":{name}" in statement}
    tamper(statement.format(after=after) if "{after}" in statement else statement, **names)
    first, *_others, last = findings()
    assert first.startswith(found.format(third=sealed[2]))
    assert last.startswith(f"Operation {sealed[-1]} was altered")
    assert last.endswith(f" Its row: post {db.session.scalar(select(Post.id))}.")


def test_all_of_a_row_of_faults_are_counted_and_the_first_are_said(sealed: list[int]) -> None:
    posts = [Post(body=f"post {number}") for number in range(13)]
    with operation("post:create", table="post"):
        db.session.add_all(posts)
    keys = sorted(post.id for post in posts)
    for number in range(verification.MOST_SAID + 10):
        with operation("post:update", table="post"):
            posts[0].body = f"once more {number}"
    seal_all()
    many = numbers()[6]
    tamper("UPDATE backoffice_operation SET actor_name = 'bob' WHERE id >= :many", many=many)
    tamper("DELETE FROM backoffice_seal WHERE position <= 2")
    report = verify()
    assert (report.faults, report.unsaid) == (2 + 1 + verification.MOST_SAID + 10, 12)
    assert report.findings[0] == "The seals at the positions 1 to 2 were removed."
    named = ", ".join(f"post {key}" for key in keys[:10])
    assert report.findings[1].endswith(f" Its rows: {named}, and 3 more.")
    assert len(report.findings) == verification.MOST_SAID


def test_seals_that_changed_places_are_found(sealed: list[int]) -> None:
    for old, new in ((3, 100), (4, 3), (100, 4)):
        tamper("UPDATE backoffice_seal SET position = :new WHERE position = :old", old=old, new=new)
    # The fifth does not follow what stands before it now, either.
    assert findings() == [
        f"The seal at position {position}, of operation {sealed[number]}, was altered or moved."
        for position, number in ((3, 3), (4, 2), (5, 4))
    ]


def test_an_operation_removed_with_its_seal_leaves_a_gap(sealed: list[int]) -> None:
    for table, column in (("operation", "id"), ("change", "operation_id"), ("seal", "operation_id")):
        tamper(f"DELETE FROM backoffice_{table} WHERE {column} = :third", third=sealed[2])
    assert findings() == ["The seal at position 3 was removed."]
    tamper("UPDATE backoffice_seal SET position = 3 WHERE position = 4")
    assert findings() == [
        f"The seal at position 3, of operation {sealed[3]}, was altered or moved.",
        "The seal at position 4 was removed.",
    ]


def test_a_shortened_chain_is_found_by_a_head_that_was_kept(sealed: list[int]) -> None:
    kept = checkpoint()
    assert kept is not None
    for table, column in (("operation", "id"), ("change", "operation_id"), ("seal", "operation_id")):
        tamper(f"DELETE FROM backoffice_{table} WHERE {column} = :last", last=sealed[-1])
    assert finding() == ""
    (found,) = verify([kept]).findings
    assert "cut short: it ends at position 5, and once had 6" in found
    edit("another one in its place")
    seal_all()
    assert finding() == ""
    assert verify([kept]).findings == ["The seal at position 6 is not the one that was the head once."]
    assert verify([checkpoint() or kept]).findings == []


def test_an_operation_inserted_into_the_past_is_found(sealed: list[int]) -> None:
    long_ago = utcnow() - 3 * DAY
    db.session.add(Operation(kind="post:delete", actor_kind="person", actor_name="bob", finished_at=long_ago))
    db.session.commit()
    assert "more than a day ago and has no seal" in finding()
    seal_all()
    assert finding().startswith(f"Operation {numbers()[-1]} was inserted: it says that it ended on")


def test_changes_of_no_operation_are_found(sealed: list[int]) -> None:
    db.session.add(Change(operation_id=999, table_name="post", row_key="1", action="delete"))
    db.session.commit()
    assert findings() == [
        "Changes were inserted, of an operation 999 that is not there. Its row: post 1.",
    ]


@pytest.mark.parametrize("position", [0, -7])
def test_a_seal_before_the_first_is_found(sealed: list[int], position: int) -> None:
    tamper("UPDATE backoffice_seal SET position = :new WHERE position = 1", new=position)
    assert findings() == [
        f"The seal at position {position} was inserted.",
        "The seal at position 1 was removed.",
    ]


def test_what_was_there_before_the_seals_came_is_sealed_in_the_order_in_which_it_ended(
    sealed: list[int],
) -> None:
    tamper("DELETE FROM backoffice_seal")
    tamper("UPDATE backoffice_operation SET sealed_at = NULL")
    for days, number in enumerate(sealed):
        tamper(
            "UPDATE backoffice_operation SET finished_at = :at WHERE id = :number",
            at=datetime(2024, 1, 20) - timedelta(days=days),
            number=number,
        )
    assert seal_all() == 6
    assert chain() == list(enumerate(reversed(sealed), 1))
    assert finding() == ""


def test_who_forges_with_another_key_is_found(app: Flask, sealed: list[int]) -> None:
    forge(app, sealed[-1], key_id=None)
    report = verify()
    assert report.findings == []
    assert report.unknown_keys.total() == 1
    forge(app, sealed[-1], key_id=keyring().current.id)
    assert finding() == f"The seal at position 6, of operation {sealed[-1]}, was altered or moved."


def forge(app: Flask, number: int, key_id: str | None) -> None:
    """Alter an operation and seal it anew, with a key of one's own."""
    tamper("UPDATE backoffice_operation SET kind = 'post:look' WHERE id = :number", number=number)
    with app.app_context():
        key = SealKey("guessed")
        with content.unhurried(db.engine) as connection, connection.begin():
            digests = content.contents(connection, {number: content.Digesting(key)}).digests
        seal = db.session.scalars(select(Seal).where(Seal.operation_id == number)).one()
        before = db.session.scalars(select(Seal.digest).where(Seal.position == seal.position - 1)).one()
        seal.key_id, seal.content_digest = key_id or key.id, digests[number]
        seal.digest = hash_chain(key, {c.name: getattr(seal, c.name) for c in Seal.__table__.columns}, before)
        db.session.commit()


def test_what_was_sealed_before_there_were_facts_verifies(app: Flask, sealed: list[int]) -> None:
    seal_as_before(sealed)
    assert findings() == []
    edit("from now on")
    seal_all()
    assert findings() == []
    tamper("UPDATE backoffice_operation SET facts = '{}' WHERE id = :third", third=sealed[2])
    assert [one.partition(" was")[0] for one in findings()] == [f"Operation {sealed[2]}"]


def seal_as_before(sealed: list[int]) -> None:
    """Make the seals anew, in the first format."""
    key, before = keyring().current, ""
    wanted = dict.fromkeys(sealed, content.Digesting(key, format=1))
    with content.unhurried(db.engine) as connection, connection.begin():
        digests = content.contents(connection, wanted).digests
    for seal in db.session.scalars(select(Seal).order_by(Seal.position)):
        seal.format, seal.content_digest = 1, digests[seal.operation_id]
        said = {column.name: getattr(seal, column.name) for column in Seal.__table__.columns}
        seal.digest = before = hash_chain(key, said, before)
    db.session.commit()


def test_keys_can_be_changed_and_a_lost_one_is_said(sealed: list[int]) -> None:
    settings = current_app.config
    old, new = settings["HISTORY_SEAL_KEYS"], "n" * 40
    settings["HISTORY_SEAL_KEYS"] = [new, *old]
    edit("sealed with the new one")
    seal_all()
    assert verify().unknown_keys.total() == 0
    assert finding() == ""
    settings["HISTORY_SEAL_KEYS"] = [new]
    report = verify()
    assert (report.findings, report.unknown_keys.total()) == ([], 6)
    tamper("UPDATE backoffice_operation SET kind = 'x' WHERE id = :last", last=numbers()[-1])
    assert finding().startswith(f"Operation {numbers()[-1]} was altered")


def test_what_no_driver_can_read_is_found(sealed: list[int]) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite holds what is no text in a column of texts")
    tamper("UPDATE backoffice_change SET row_key = CAST(x'ff' AS TEXT) WHERE operation_id = :n", n=sealed[2])
    assert finding().startswith(f"Operation {sealed[2]} was altered")


def test_several_seal_at_once(app: Flask, sealed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "OPERATIONS_AT_ONCE", 3)
    for number in range(20):
        edit(f"again {number}")
    db.session.remove()

    def work() -> None:
        with app.app_context():
            seal_all()
            db.session.remove()

    threads = [Thread(target=copy_context().run, args=(work,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [position for position, _number in chain()] == list(range(1, 27))
    assert sorted(number for _position, number in chain()) == numbers()
    assert finding() == ""


@points(40)
def test_a_sealer_that_is_killed_leaves_a_whole_chain(app: Flask, sealed: list[int], points: range) -> None:
    for number in range(12):
        edit(f"again {number}")
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    killed = 0
    for point in points:
        outcome = exit_code_of(die_at, point, url, seal_two_at_once)
        assert outcome in (-signal.SIGKILL, 0)
        killed += outcome == -signal.SIGKILL
        assert finding() == "", point
    assert killed > len(points) / 4
    seal_all()
    assert [position for position, _number in chain()] == list(range(1, 19))
    assert finding() == ""


def seal_two_at_once() -> None:
    seals.OPERATIONS_AT_ONCE = 2
    seal_all()
