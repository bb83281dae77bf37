"""Undoing over HTTP: from a message at once, from history over a page that says what will happen."""

import re
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select, update
from werkzeug.test import TestResponse

from backoffice import bulk
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Change, Operation, Post, Selection, User
from backoffice.work import lease, run_operation
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD, add_administrator

pytestmark = pytest.mark.every_database

HISTORY = "/admin/history/"


def count(model: type[object]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def newest() -> Operation:
    db.session.rollback()
    return db.session.scalars(select(Operation).order_by(Operation.id.desc()).limit(1)).one()


@pytest.fixture
def john(signed_in: FlaskClient) -> User:
    """A user with two posts, who knows his password; a third post has no author."""
    john = User(username="john", email="john@example.com")
    john.set_password(PASSWORD)
    db.session.add_all(
        [john, Post(body="one", author=john), Post(body="two", author=john), Post(body="three")]
    )
    db.session.commit()
    return john


@pytest.fixture
def deletion(signed_in: FlaskClient, john: User) -> TestResponse:
    """John was deleted on the page for that; gives the list, with the message that says so."""
    question = submit(
        signed_in, "/admin/user/", "/admin/user/delete/", id=john.id, url="/admin/user/?search=j"
    )
    fields = {"csrf_token": token_of(signed_in.get(question.location)), "seen": "post.user_id"}
    fields["url"] = "/admin/user/?search=j"
    return signed_in.post(question.location, data=fields, follow_redirects=True)


def press_undo(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of a message."""
    found = re.search(
        r'action="(/admin/history/undo/[^"]+)".*?name="url" value="([^"]+)"', page.text, re.DOTALL
    )
    assert found, page.text
    fields = {"csrf_token": token_of(page), "url": found[2]}
    return client.post(found[1], data=fields, follow_redirects=True)


def undo_url(act: Operation) -> str:
    return f"{HISTORY}undo/?id={act.id}"


def test_the_button_of_a_message_undoes_at_once(
    signed_in: FlaskClient, deletion: TestResponse, app: Flask
) -> None:
    assert "1 user deleted. 2 posts stay without author." in deletion.text
    assert count(User) == 1
    page = press_undo(signed_in, deletion)
    assert page.request.full_path == "/admin/user/?search=j"
    assert "3 changes undone." in page.text
    john = db.session.scalars(select(User).where(User.username == "john")).one()
    assert [post.author for post in db.session.scalars(select(Post).order_by(Post.id))] == [john, john, None]
    assert john.check_password(PASSWORD)
    undone = (newest().facts or {})["undoes"]
    assert (undone["kind"], (undone["facts"] or {})["row"]["name"]) == ("user:delete", "john")


def test_an_undo_can_be_undone_too(signed_in: FlaskClient, deletion: TestResponse) -> None:
    page = press_undo(signed_in, press_undo(signed_in, deletion))
    assert "3 changes undone." in page.text
    assert count(User) == 1
    act = newest()
    assert act.facts is not None
    assert (act.facts["undoes"]["kind"], act.facts["times"]) == ("user:delete", 2)
    title = "Undid: Undid: Deleted user “john”"
    assert f">{title}</h1>" in signed_in.get(f"{HISTORY}details/?id={act.id}").text


def test_history_asks_first_and_says_exactly_what_will_happen(
    signed_in: FlaskClient, deletion: TestResponse
) -> None:
    act = newest()
    page = signed_in.get(undo_url(act))
    assert re.search(r"Users that come back</dt><dd>1<", page.text)
    assert re.search(r"Posts that are as before again</dt><dd>2<", page.text)
    assert "john@example.com" in page.text
    assert ">post “one”</a>" in page.text
    assert "Undo 3 changes" in page.text
    assert "$2b$" not in page.text
    assert (count(User), newest().id) == (1, act.id)
    answer = submit(signed_in, undo_url(act), previewed="1")
    assert answer.location == f"{HISTORY}details/?id={act.id}"
    assert count(User) == 2


@pytest.fixture
def edited(signed_in: FlaskClient, john: User) -> Operation:
    """All three posts were given another text; then one was changed again, and one deleted."""
    with operation("post:edit", table="post", selection="3 posts") as act:
        for post in db.session.scalars(select(Post)):
            post.body = f"{post.body}, edited"
    first, second = db.session.scalars(select(Post.id).order_by(Post.id).limit(2))
    db.session.execute(update(Post).where(Post.id == first).values(body="one, later"))
    db.session.execute(delete(Post).where(Post.id == second))
    db.session.commit()
    return act


def bodies() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Post.body).order_by(Post.id)))


def test_what_stands_in_the_way_is_said_with_the_rows(signed_in: FlaskClient, edited: Operation) -> None:
    page = signed_in.get(undo_url(edited)).text
    assert "What stands in the way" in page
    assert "post “one, later”</a>: changed meanwhile" in page
    assert re.search(r"post “\w+, edited”</a>: not there any more", page)
    assert "Leave these out and undo the rest" in page
    assert "Undo 1 change<" in page


def test_nothing_is_done_while_something_stands_in_the_way(signed_in: FlaskClient, edited: Operation) -> None:
    for fields in ({}, {"previewed": "1"}):
        answer = submit(signed_in, undo_url(edited), **fields)
        assert answer.status_code == (409 if fields else 200)
        assert "What stands in the way" in answer.text
        assert bodies() == ["one, later", "three, edited"]


def test_unless_these_are_left_out(signed_in: FlaskClient, edited: Operation) -> None:
    answer = submit(signed_in, undo_url(edited), previewed="1", leave_out="1")
    page = signed_in.get(answer.location).text
    assert "1 change undone." in page
    assert "1 was gone already. Left out: 1, changed meanwhile" in page
    assert bodies() == ["one, later", "three"]


def test_what_was_undone_is_not_undone_twice(signed_in: FlaskClient, deletion: TestResponse) -> None:
    act = newest()
    press_undo(signed_in, deletion)
    undoing = newest()
    page = press_undo(signed_in, deletion)
    assert "This was undone before:" in page.text
    assert f"#{undoing.id}: Undid: Deleted user “john”" in page.text
    assert "Nothing of it can be undone any more." in page.text
    assert submit(signed_in, undo_url(undoing), undo_url(act), previewed="1").status_code == 409
    assert newest().id == undoing.id
    assert (
        f"#{undoing.id}: Undid: Deleted user “john”" in signed_in.get(f"{HISTORY}details/?id={act.id}").text
    )


def test_what_is_not_over_cannot_be_undone(signed_in: FlaskClient, john: User) -> None:
    db.session.add(
        Operation(kind="post:edit", actor_kind="person", actor_name="x", table_name="post", state="running")
    )
    db.session.commit()
    page = signed_in.get(undo_url(newest())).text
    assert "This is still going on." in page
    assert "btn-primary" not in page


def test_who_may_only_look_undoes_nothing(app: Flask, signed_in: FlaskClient, deletion: TestResponse) -> None:
    add_administrator("mary", "viewer")
    mary, act = app.test_client(), newest_deletion()
    sign_in(mary, "mary")
    assert mary.get(undo_url(act)).status_code == 403
    assert submit(mary, "/admin/account/", undo_url(act)).status_code == 403
    assert "Undo…" not in mary.get(f"{HISTORY}details/?id={act.id}").text
    assert "Undo…" in signed_in.get(f"{HISTORY}details/?id={act.id}").text


def test_grants_are_undone_by_administrators(app: Flask, signed_in: FlaskClient, john: User) -> None:
    submit(signed_in, "/admin/administrator/grant/", username="john", role="editor")
    act = newest()
    add_administrator("edith", "editor")
    edith = app.test_client()
    sign_in(edith, "edith")
    assert edith.get(undo_url(act)).status_code == 403
    assert submit(edith, "/admin/account/", undo_url(act), previewed="1").status_code == 403
    assert re.search(r"Administrators that go again</dt><dd>1<", signed_in.get(undo_url(act)).text)


def newest_deletion() -> Operation:
    db.session.rollback()
    return db.session.scalars(select(Operation).where(Operation.kind == "user:delete")).one()


# Big ones


@pytest.fixture
def big(app: Flask, signed_in: FlaskClient, susan: User) -> Operation:
    """A deletion of 120 posts, done by a worker."""
    app.config["BACKGROUND_ROWS"] = 100
    db.session.execute(insert(Post), [{"body": f"post {i}"} for i in range(120)])
    db.session.commit()
    asked = submit(
        signed_in, "/admin/post/?page_size=10", "/admin/post/action/", action="delete", matching="all"
    )
    for number in lease.due(Selection):
        bulk.freeze(number)
    submit(signed_in, asked.location)
    run_operation(newest().id)
    return newest()


def test_a_big_one_is_asked_about_and_left_to_a_worker(signed_in: FlaskClient, big: Operation) -> None:
    page = submit(signed_in, "/admin/account/", undo_url(big)).text
    assert "Undo 120 changes" in page
    assert "This goes on behind the page" in page
    assert "Only the first rows were looked at." in page
    answer = submit(signed_in, undo_url(big), previewed="1")
    undoing = newest()
    assert answer.location == f"{HISTORY}details/?id={undoing.id}"
    assert "Undoing: Deleted 120 posts" in signed_in.get(answer.location).text
    run_operation(undoing.id)
    assert "120 changes undone." in signed_in.get(answer.location).text
    assert count(Post) == 120


def test_a_worker_that_can_undo_nothing_says_why(signed_in: FlaskClient, big: Operation) -> None:
    keys = db.session.scalars(select(Change.row_key).where(Change.operation_id == big.id)).all()
    submit(signed_in, undo_url(big), previewed="1")
    undoing = newest().id
    db.session.execute(insert(Post), [{"id": int(key), "body": "another one"} for key in keys])
    db.session.commit()
    run_operation(undoing)
    page = signed_in.get(f"{HISTORY}details/?id={undoing}").text
    assert "Nothing can be undone any more." in page
    assert page.count("120, there again already") == 1


def test_a_double_click_starts_nothing_twice(app: Flask, signed_in: FlaskClient, big: Operation) -> None:
    address, number = undo_url(big), big.id
    token, places = token_of(signed_in.get(address)), list[str]()

    def press() -> None:
        answer = signed_in.post(address, data={"csrf_token": token, "previewed": "1"})
        places.append(answer.location or answer.status)

    threads = [Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    undoings = db.session.scalars(select(Operation).where(Operation.undoes_id == number)).all()
    assert len(undoings) == 1
    assert set(places) == {f"{HISTORY}details/?id={undoings[0].id}"}
