"""Forgetting one person in the whole history."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from backoffice import database
from backoffice.clock import utcnow
from backoffice.exceptions import Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import (
    Actor,
    about_list,
    about_row,
    about_undone,
    acting_as,
    begin_operation,
    operation,
    seal_all,
    verify,
)
from backoffice.models import (
    Administrator,
    AdminSession,
    Change,
    ClaimedName,
    Operation,
    Passkey,
    PasswordLink,
    Post,
    SecurityEvent,
    TrustedDevice,
    User,
)
from backoffice.retention import finish_redaction, redact, redaction, referring
from backoffice.security import record_event
from backoffice.work import cancel
from tests.history.conftest import DAY, finding, tamper

pytestmark = pytest.mark.every_database

TABLES = (
    "backoffice_operation", "backoffice_change", "backoffice_seal", "backoffice_forgetting",
    "backoffice_security_event",
)  # fmt: skip


@pytest.fixture
def zoe(susan: User) -> str:
    """A person who was renamed and deleted, whose post stays, and who was an administrator; gives the key."""
    with operation("user:create", table="user"):
        zoe = User(username="zo\N{LATIN SMALL LETTER E WITH DIAERESIS}42", email="zoe42@example.com")
        db.session.add(zoe)
        db.session.flush()
        db.session.add(Administrator(user_id=zoe.id, username=zoe.username, role="editor"))
        db.session.add(Post(body="zoe42 was here", user_id=zoe.id))
    key = str(zoe.id)
    they = Actor("person", zoe.username, zoe.id, "192.0.2.7", "request")
    with acting_as(they), operation("post:update", table="post", selection="zoe42's post"):
        db.session.scalars(select(Post)).one().body = "hello"
    with operation("user:update", table="user", selection=f"user {zoe.username}"):
        db.session.get_one(User, zoe.id).username = "quinn"
    with operation("post:edit", table="post", selection="quinns and quinnets") as act:
        act.plan = {"filters": [["author_is", "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}42"]]}
        db.session.scalars(select(Post)).one().body = "hello again"
    grant = db.session.scalars(select(Administrator).where(Administrator.user_id == zoe.id)).one()
    db.session.add(
        AdminSession(administrator_id=grant.id, token_digest="x", address="192.0.2.7", user_agent="Zoe's")
    )
    db.session.add(
        PasswordLink(user_id=zoe.id, username="quinn", token_digest="x", password_digest="x", made_by="x")
    )
    about = {"credential_id": b"1", "credential_digest": "1", "public_key": b"1", "user_handle": "1"}
    db.session.add(Passkey(administrator_id=grant.id, name="Quinn's telephone", **about))
    db.session.add(TrustedDevice(administrator_id=grant.id, token_digest="x"))
    db.session.add(ClaimedName(folded="quinn", administrator_id=grant.id))
    db.session.add(ClaimedName(folded="zo\N{LATIN SMALL LETTER E WITH DIAERESIS}42", administrator_id=998))
    db.session.commit()
    with acting_as(they):
        record_event("sign-in:succeeded", administrator_id=grant.id, name="quinn")
        record_event("administrator:disabled", administrator_id=999, name="john")
    with operation("post:edit", table="post", facts=about_list(1, [("author_is", "quinn")], "", "UTC")):
        db.session.scalars(select(Post)).one().body = "hello once more"
    with operation("user:delete", table="user", facts=about_row(key, "Quinn")) as act:
        db.session.delete(db.session.get_one(User, zoe.id))
    with operation("user:undo", table="user", facts=about_undone(act), keep_empty=True):
        pass
    seal_all()
    return key


def everything() -> str:
    """All that the history holds, as a text."""
    db.session.rollback()
    rows = [row for table in TABLES for row in db.session.execute(text(f"SELECT * FROM {table}"))]
    rows += list(db.session.execute(text("SELECT address, user_agent FROM backoffice_sign_in")))
    rows += list(db.session.execute(text("SELECT username FROM backoffice_password_link")))
    rows += list(db.session.execute(text("SELECT name FROM backoffice_passkey")))
    rows += list(db.session.execute(text("SELECT folded FROM backoffice_name")))
    return "\n".join(map(str, rows)).lower()


def test_nothing_of_a_person_is_left(zoe: str) -> None:
    assert "quinn" in everything()
    act = redact("user", zoe)
    assert (act.state, act.report, act.kind) == ("done", None, "history:forget")
    assert act.facts == {"row": {"key": zoe, "name": None}}
    left = everything().replace("quinns and quinnets", "")
    for trace in (
        "quinn",
        "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}42",
        "zo\\u00eb42",
        "192.0.2.7",
        "zoe42@example",
    ):
        assert trace not in left
    # Others' rows are as they were, a post among them that says the name.
    assert left.count("zoe42 was here") > 0
    assert left.count("susan@example.com") > 0
    events = db.session.scalars(select(SecurityEvent).order_by(SecurityEvent.id)).all()
    assert [(event.name, json.loads(event.facts)) for event in events] == [
        ("forgotten", {"by": "forgotten"}),
        ("john", {"by": "forgotten"}),
    ]
    assert db.session.scalars(select(TrustedDevice.id)).all() == []
    changes = db.session.scalars(
        select(Change).where(Change.table_name == "user", Change.row_key == zoe)
    ).all()
    assert [change.action for change in changes] == ["insert", "update", "delete"]
    assert all(change.is_forgotten for change in changes)
    assert finding() == ""
    seal_all()
    assert finding() == ""
    assert verify().being_forgotten == 0


def test_the_rows_that_referred_to_it_are_forgotten_if_asked(zoe: str) -> None:
    assert referring("user", zoe) == {"post": 1}
    redact("user", zoe, ["post"])
    assert "zoe42 was here" not in everything()
    assert "hello" not in everything().replace("hello again", "hello")
    seal_all()
    assert finding() == ""


def test_what_was_forgotten_cannot_be_altered_behind_our_back(zoe: str) -> None:
    redact("user", zoe)
    seal_all()
    number = db.session.scalars(
        select(Change.operation_id).where(Change.table_name == "user", Change.row_key == zoe)
    ).first()
    tamper("UPDATE backoffice_change SET action = 'update' WHERE operation_id = :n", n=number)
    assert finding().startswith(f"Operation {number} was altered")


def test_it_can_be_done_again_and_after_a_purge(zoe: str) -> None:
    redact("user", zoe)
    with pytest.raises(NotFound, match="holds nothing of"):
        redact("user", zoe)
    redact(
        "post", db.session.scalars(select(Change.row_key).where(Change.table_name == "post")).first() or ""
    )
    seal_all()
    assert finding() == ""


def test_what_does_not_refer_or_is_not_there_is_refused(zoe: str) -> None:
    with pytest.raises(Invalid, match="nothing does not refer to user"):
        redact("user", zoe, ["nothing"])
    with pytest.raises(NotFound, match="There is no table nothing"):
        redact("nothing", "1")
    with pytest.raises(NotFound, match="The history holds nothing of user 999"):
        redact("user", "999")


def test_what_is_not_over_is_left_and_said(zoe: str) -> None:
    with begin_operation("post:delete") as act:
        act.state, act.actor_kind, act.actor_id = "running", "person", int(zoe)
        act_id = act.id
    done = redact("user", zoe)
    assert done.report == {"not_over": [act_id]}
    assert db.session.get_one(Operation, act_id).actor_id == int(zoe)


@contextmanager
def interrupted_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody who forgets is killed after so many transactions."""
    left, usual = iter(range(steps)), database.transaction

    class Killed(BaseException):
        pass

    @contextmanager
    def transaction(session):  # type: ignore[no-untyped-def]
        if next(left, None) is None:
            raise Killed
        with usual(session):
            yield

    with monkeypatch.context() as patch:
        patch.setattr(redaction, "transaction", transaction)
        with pytest.raises(Killed):
            yield
    db.session.rollback()


@pytest.mark.parametrize("steps", range(6))
def test_who_is_killed_in_the_middle_is_gone_on_with(
    zoe: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with interrupted_after(steps, monkeypatch):
        redact("user", zoe, ["post"])
    seal_all()
    assert finding() == ""
    finish_redaction()  # too early: whoever began it may be at it
    [act_id] = db.session.scalars(select(Operation.id).where(Operation.kind == "history:forget"))
    assert cancel(act_id, "bob") is False  # half forgotten would look like altered
    tamper("UPDATE backoffice_operation SET heartbeat_at = :at WHERE state = 'running'", at=utcnow() - DAY)
    finish_redaction()
    seal_all()
    assert (verify().findings, verify().being_forgotten) == ([], 0)
    assert "zoe42@example" not in everything()
    assert "zoe42 was here" not in everything()
