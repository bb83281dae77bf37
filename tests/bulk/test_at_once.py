"""Several at once, over HTTP: nothing is done twice, nothing is half done, and who may is asked again."""

import re
from collections.abc import Callable
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, event, func, insert, select, update
from werkzeug.test import TestResponse

from backoffice import bulk
from backoffice.clock import utcnow
from backoffice.console.records import RecordView, selection_page
from backoffice.console.records.etags import etags_of
from backoffice.exceptions import Forbidden
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Operation, Post, Selection, User
from backoffice.registry import registry
from tests.browsing import sign_in, token_of
from tests.conftest import add_administrator
from tests.databases import short_lock_timeout

pytestmark = pytest.mark.every_database

DEADLOCKS = ("deadlock detected", "Deadlock found")


@pytest.fixture
def posts(signed_in: FlaskClient) -> list[int]:
    """Sixty posts of john's."""
    john = User(username="john", email="john@example.com")
    db.session.add(john)
    db.session.flush()
    db.session.execute(insert(Post), [{"body": f"post {i}", "user_id": john.id} for i in range(60)])
    db.session.commit()
    return list(db.session.scalars(select(Post.id).order_by(Post.id)))


def count(model: Any, *conditions: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def choose(client: FlaskClient, noun: str, action: str, *keys: object) -> TestResponse:
    """Tick rows and press a button; gives the page that asks."""
    fields = {"action": action, "rowid": [str(key) for key in keys]}
    fields["version"] = [f"{key}:{version}" for key, version in versions_of(client, noun).items()]
    fields["csrf_token"] = token_of(client.get(f"/admin/{noun}/"))
    return client.post(f"/admin/{noun}/action/", data=fields, follow_redirects=True)


def versions_of(client: FlaskClient, noun: str) -> dict[Any, str]:
    """How a list shows all rows now, as it says itself."""
    model: Any = {"post": Post, "user": User}[noun]
    with client.application.test_request_context():
        view = registry().view_of(model)
        assert isinstance(view, RecordView)
        return etags_of(view, list(db.session.scalars(select(model.id))))


def answer_to(question: TestResponse, action: str) -> dict[str, object]:
    """What the button of the page that asks sends: to delete, or to leave without an author."""
    fields: dict[str, object] = {"csrf_token": token_of(question)}
    if action == "edit":
        return fields | {"change": "author", "author": "", "previewed": "1"}
    return fields | {"seen": re.findall(r'name="seen" value="([^"]+)"', question.text)}


def is_done(action: str) -> bool:
    """Whether all posts are as the action leaves them; never some of them."""
    without = count(Post) if action == "delete" else count(Post, Post.user_id.is_not(None))
    assert without in (0, 60)
    return without == 0


def at_once(*work: Callable[[], TestResponse]) -> list[TestResponse]:
    """Begin all of it at the same moment."""
    barrier, answers = Barrier(len(work)), list[TestResponse]()

    def begin(one: Callable[[], TestResponse]) -> None:
        barrier.wait()
        answers.append(one())

    db.session.remove()
    threads = [Thread(target=begin, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("action", ["delete", "edit"])
def test_a_double_click_does_it_once(signed_in: FlaskClient, posts: list[int], action: str) -> None:
    other = signed_in.application.test_client()
    sign_in(other, "susan")
    question = choose(signed_in, "post", action, *posts)
    address, answer = question.request.path, answer_to(question, action)
    other_answer = answer | {"csrf_token": token_of(other.get(address))}
    answers = at_once(
        lambda: signed_in.post(address, data=answer), lambda: other.post(address, data=other_answer)
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert is_done(action)
    act = db.session.scalars(select(Operation).where(Operation.kind == f"post:{action}")).one()
    assert act.changed_rows == 60
    again = signed_in.post(address, data=answer, follow_redirects=True)
    assert "This was done already. Nothing was done twice." in again.text
    assert count(Operation, Operation.kind == f"post:{action}") == 1


def test_two_administrators_who_delete_each_other_leave_one(signed_in: FlaskClient, susan: User) -> None:
    edith, susan_id = add_administrator("edith", "administrator"), susan.id
    other = signed_in.application.test_client()
    sign_in(other, "edith")
    first = choose(signed_in, "user", "delete", edith.id)
    second = choose(other, "user", "delete", susan_id)
    answers = at_once(
        lambda: signed_in.post(first.request.path, data=answer_to(first, "delete")),
        lambda: other.post(second.request.path, data=answer_to(second, "delete")),
    )
    assert all(answer.status_code < 500 for answer in answers)
    assert (count(User), count(Administrator)) == (1, 1)


@pytest.mark.parametrize("action", ["delete", "edit"])
def test_the_loser_of_a_deadlock_begins_again(signed_in: FlaskClient, posts: list[int], action: str) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, and no deadlocks")
    question = choose(signed_in, "post", action, *posts[:50])
    address, answer = question.request.path, answer_to(question, action)
    lost: list[str] = []
    event.listen(db.engine, "handle_error", lambda error: lost.append(str(error.original_exception)))
    db.session.remove()
    clicking = Thread(target=lambda: signed_in.post(address, data=answer))
    with db.engine.connect() as other:
        # It holds the last row, and has changed enough others to be dearer to MariaDB.
        other.execute(update(Post).where(Post.id.in_(posts[49:])).values(body="mine"))
        other.execute(update(Post).where(Post.id.in_(posts[50:])).values(body="mine still"))
        clicking.start()
        wait_until_it_waits(other)
        other.execute(update(Post).where(Post.id == posts[0]).values(body="mine"))
        other.commit()
    clicking.join()
    assert len(lost) == 1
    assert any(words in lost[0] for words in DEADLOCKS)
    changed = count(Post, Post.user_id.is_(None)) if action == "edit" else 60 - count(Post)
    act = db.session.scalars(select(Operation).where(Operation.kind == f"post:{action}")).one()
    # Rows that were changed in between are not those that were ticked.
    assert act.report
    assert act.report.keys() == {"left_out", "left_out_rows"}
    assert act.report["left_out"] == {"changed": 2}
    # In the order in which the database found them.
    skipped = [["post", str(posts[place]), "changed"] for place in (0, 49)]
    assert sorted(act.report["left_out_rows"]) == sorted(skipped)
    assert act.changed_rows == changed == 48


def wait_until_it_waits(connection: Connection) -> None:
    """Until somebody waits for a lock in this database."""
    waiting = {
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'",
        "mariadb": "SELECT count(*) FROM information_schema.innodb_trx JOIN information_schema.processlist"
        " ON id = trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND db = database()",
    }[connection.dialect.name]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while not looking.exec_driver_sql(waiting).scalar_one():
            sleep(0.15)  # MariaDB looks anew when nobody has looked for a tenth of a second


@pytest.mark.parametrize("action", ["delete", "edit"])
def test_what_cannot_be_had_in_time_ends_in_a_clear_answer_and_changes_nothing(
    signed_in: FlaskClient, posts: list[int], action: str
) -> None:
    question = choose(signed_in, "post", action, *posts)
    address, answer = question.request.path, answer_to(question, action)
    db.session.remove()
    with db.engine.connect().execution_options(writing=True) as other:
        other.execute(update(Post).where(Post.id == posts[-1]).values(body=Post.body))
        short_lock_timeout()
        busy = signed_in.post(address, data=answer)
        other.rollback()
    assert busy.status_code == 503
    assert busy.headers["Retry-After"]
    assert "The database is busy" in busy.text
    assert not is_done(action)
    assert count(Operation, Operation.kind == f"post:{action}") == 0
    assert count(Selection, Selection.operation_id.is_not(None)) == 0
    assert signed_in.post(address, data=answer).status_code == 303
    assert is_done(action)


def test_what_was_done_before_is_taken_back_too(
    signed_in: FlaskClient, posts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After waiting in vain MariaDB takes back the last statement only."""
    monkeypatch.setattr("backoffice.work.jobs.ROWS_A_STEP", 20)
    john = db.session.scalars(select(User.id).where(User.username == "john")).one()
    question = choose(signed_in, "user", "delete", john)
    cut: list[str] = []
    db.session.remove()
    with db.engine.connect().execution_options(writing=True) as other:
        other.execute(update(Post).where(Post.id == posts[-1]).values(body=Post.body))
        short_lock_timeout()
        event.listen(db.engine, "after_cursor_execute", lambda *said: cut.append(said[2]))
        answer = signed_in.post(question.request.path, data=answer_to(question, "delete"))
        other.rollback()
    assert answer.status_code == 503
    # Three times it had come so far as to cut the first posts.
    is_sqlite = db.engine.dialect.name == "sqlite"
    assert is_sqlite or len([one for one in cut if one.startswith("UPDATE post")]) >= 3
    assert count(Post, Post.user_id == john) == 60
    assert count(Operation, Operation.kind == "user:delete") == 0


@pytest.mark.parametrize("action", ["delete", "edit"])
def test_many_are_not_changed_before_their_number_was_typed(
    signed_in: FlaskClient, posts: list[int], action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection_page, "TYPED_ABOVE", 50)
    question = choose(signed_in, "post", action, *posts)
    answer = answer_to(question, action)
    for typed in ("", "59", "all"):
        again = signed_in.post(question.request.path, data=answer | {"typed": typed})
        assert "Please type the number of rows, 60." in again.text
        assert "Type 60 to confirm" in again.text
        assert not is_done(action)
    assert signed_in.post(question.request.path, data=answer | {"typed": "60"}).status_code == 303
    assert is_done(action)


LOSING = {
    "demoted": update(Administrator).values(role="viewer"),
    "disabled": update(Administrator).values(disabled_at=utcnow()),
    "revoked": delete(Administrator),
}


@pytest.mark.parametrize("change", LOSING.values(), ids=LOSING)
@pytest.mark.parametrize("action", ["delete", "edit"])
def test_who_may_not_any_more_does_nothing(
    signed_in: FlaskClient, posts: list[int], action: str, change: Any
) -> None:
    question = choose(signed_in, "post", action, *posts)
    db.session.execute(change)
    db.session.commit()
    answer = signed_in.post(question.request.path, data=answer_to(question, action))
    assert answer.status_code in (302, 401, 403)
    assert not is_done(action)


def test_it_is_asked_in_the_transaction_itself(app: Flask, susan: User, posts: list[int]) -> None:
    grant = db.session.scalars(select(Administrator)).one()
    with acting_as(Actor("person", "susan", susan.id)):
        selection = bulk.choose(grant.id, "post", posts)
        grant.role = "viewer"
        db.session.commit()
        with pytest.raises(Forbidden):
            bulk.delete(selection, ())
        with pytest.raises(Forbidden):
            bulk.edit(selection, {"user_id": None})
    assert not is_done("delete")
    assert not is_done("edit")
