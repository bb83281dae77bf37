"""Forms that create or act are used once: whoever sends one twice gets the answer of the first time."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select, update
from werkzeug.test import TestResponse

from backoffice.accounts.passwords import choose_password
from backoffice.clock import utcnow
from backoffice.commands.housekeeping import tidy_up
from backoffice.extensions import db
from backoffice.models import (
    Administrator,
    AdminSession,
    Change,
    Operation,
    PasswordLink,
    Post,
    RecoveryCode,
    Selection,
    Submission,
)
from tests.accounts.factors import add_authenticator
from tests.accounts.people import FOREIGN_HASH, add_user, change_sessions, grant_of, write
from tests.browsing import form_of, sign_in, without_chance
from tests.conftest import PASSWORD, add_administrator

pytestmark = pytest.mark.every_database

NEW_POST = "/admin/post/new/"
TEMPLATES = Path(__file__).parents[3] / "backoffice" / "templates"


def new_post(client: FlaskClient, body: str = "hello") -> dict[str, object]:
    """What the form of a new post sends."""
    return form_of(client.get(NEW_POST), "/post/new/")[1] | {"body": body}


def bodies() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Post.body).order_by(Post.id)))


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def kinds() -> list[str]:
    """What was done with posts."""
    acts = select(Operation.kind).where(Operation.table_name == "post").order_by(Operation.id)
    return list(db.session.scalars(acts))


def beside(client: FlaskClient) -> FlaskClient:
    """The same browser, for a request of another thread."""
    name = str(client.application.config["SESSION_COOKIE_NAME"])
    cookie, other = client.get_cookie(name), client.application.test_client()
    assert cookie is not None
    other.set_cookie(name, cookie.decoded_value)
    return other


def at_once(client: FlaskClient, address: str, *forms: dict[str, object]) -> list[TestResponse]:
    """Send the forms at the same moment."""
    barrier, answers = Barrier(len(forms)), list[TestResponse]()

    def send(browser: FlaskClient, fields: dict[str, object]) -> None:
        barrier.wait()
        answers.append(browser.post(address, data=fields))

    db.session.remove()
    threads = [Thread(target=send, args=(beside(client), fields)) for fields in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_double_click_makes_one_post(signed_in: FlaskClient) -> None:
    form = new_post(signed_in)
    first, second = (signed_in.post(NEW_POST, data=form) for _ in range(2))
    assert bodies() == ["hello"]
    assert (
        (first.status_code, first.location) == (second.status_code, second.location) == (303, "/admin/post/")
    )
    page = signed_in.get(second.location).text
    assert page.count("hello was created.") == 1
    assert "/admin/history/undo/" in page
    assert kinds() == ["post:create"]


def test_the_second_arrival_says_what_the_first_did_where_nobody_saw_it(signed_in: FlaskClient) -> None:
    form, other = new_post(signed_in) | {"_continue_editing": "1"}, beside(signed_in)
    first = other.post(NEW_POST, data=form)
    second = signed_in.post(NEW_POST, data=form)
    assert second.location == first.location == f"/admin/post/edit/?id={db.session.scalar(select(Post.id))}"
    assert "hello was created." in signed_in.get(second.location).text


def test_by_whichever_button(signed_in: FlaskClient) -> None:
    form = new_post(signed_in)
    signed_in.post(NEW_POST, data=form)
    signed_in.post(NEW_POST, data=form | {"_add_another": "1"})
    assert bodies() == ["hello"]


def test_at_the_same_moment(signed_in: FlaskClient) -> None:
    form = new_post(signed_in)
    answers = at_once(signed_in, NEW_POST, form, form, form)
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/admin/post/")] * 3
    assert bodies() == ["hello"]


def held_up(then: Callable[[], None]) -> tuple[Event, Event]:
    """Have whoever writes the first post stand still: set when they do, and to be set for them to go on."""
    arrived, go_on, first = Event(), Event(), iter((True,))

    def wait(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO post") and next(first, False):
            arrived.set()
            assert go_on.wait(30)
            then()

    event.listen(db.engine, "before_cursor_execute", wait)
    return arrived, go_on


def while_the_first_is_at_it(client: FlaskClient, then: Callable[[], None]) -> list[TestResponse]:
    """The answers to a form that is sent again while the first is written, which `then` goes on."""
    form, answers, (arrived, go_on) = new_post(client), list[TestResponse](), held_up(then)
    send = [
        Thread(target=lambda one=browser: answers.append(one.post(NEW_POST, data=form)))
        for browser in (beside(client), beside(client))
    ]
    db.session.remove()
    send[0].start()
    assert arrived.wait(30)
    send[1].start()
    send[1].join(0.3)
    assert not answers
    go_on.set()
    for thread in send:
        thread.join()
    return answers


def test_while_the_first_is_still_at_it(signed_in: FlaskClient) -> None:
    answers = while_the_first_is_at_it(signed_in, lambda: None)
    assert [answer.location for answer in answers] == ["/admin/post/"] * 2
    assert bodies() == ["hello"]


def fail() -> None:
    raise RuntimeError("the first one fails")


def test_where_the_first_fails_the_second_goes(signed_in: FlaskClient) -> None:
    answers = while_the_first_is_at_it(signed_in, fail)
    assert sorted(answer.status_code for answer in answers) == [303, 500]
    assert bodies() == ["hello"]


def test_where_nobody_knows_whether_it_was_saved_it_can_be_sent_again(signed_in: FlaskClient) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server that could go away")
    form = new_post(signed_in)
    lose_the_answer_to_the_commit()
    unsure = signed_in.post(NEW_POST, data=form)
    assert unsure.status_code == 503
    assert "nobody knows whether it was" in unsure.text
    _address, again = form_of(unsure, "/post/new/")
    answer = signed_in.post(NEW_POST, data=again | {"body": "hello"}, follow_redirects=True)
    assert "This was done already. Nothing was done twice." in answer.text
    assert bodies() == ["hello"]


def lose_the_answer_to_the_commit() -> None:
    """Of the first post: it is committed, and the connection breaks before the database says so."""
    posts = iter((True,))

    def note(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO post") and next(posts, False):
            event.listen(db.engine, "commit", lose, once=True)

    def lose(connection: Any) -> None:
        connection.connection.driver_connection.commit()
        connection.connection.driver_connection.close()

    event.listen(db.engine, "before_cursor_execute", note)


def test_what_was_rejected_can_be_sent_again(signed_in: FlaskClient) -> None:
    form = new_post(signed_in, "x" * 141)
    rejected = signed_in.post(NEW_POST, data=form)
    assert rejected.status_code == 422
    _address, again = form_of(rejected, "/post/new/")
    assert again["_submission"] == form["_submission"]
    for _ in range(2):
        assert signed_in.post(NEW_POST, data=again | {"body": "shorter"}).status_code == 303
    assert bodies() == ["shorter"]


def test_what_was_edited_after_going_back_is_another_post(signed_in: FlaskClient) -> None:
    form = new_post(signed_in)
    signed_in.post(NEW_POST, data=form)
    signed_in.post(NEW_POST, data=form | {"body": "hello again"})
    assert bodies() == ["hello", "hello again"]


def test_each_page_is_a_form_of_its_own(signed_in: FlaskClient) -> None:
    for _ in range(2):
        signed_in.post(NEW_POST, data=new_post(signed_in))
    assert bodies() == ["hello", "hello"]


def test_nobody_gets_the_answer_of_another(signed_in: FlaskClient) -> None:
    form = new_post(signed_in)
    signed_in.post(NEW_POST, data=form)
    add_administrator("edith", "editor")
    other = signed_in.application.test_client()
    sign_in(other, "edith")
    theirs = new_post(other) | {"_submission": form["_submission"]}
    assert other.post(NEW_POST, data=theirs).status_code == 303
    assert bodies() == ["hello", "hello"]


def test_who_died_before_they_answered_is_not_waited_for(signed_in: FlaskClient) -> None:
    form = new_post(signed_in)
    signed_in.post(NEW_POST, data=form)
    write(update(Submission).values(answer=None, sent_at=utcnow() - timedelta(minutes=1)))
    again = signed_in.post(NEW_POST, data=form, follow_redirects=True)
    assert again.request.path == "/admin/history/details/"
    assert "This was done already. Nothing was done twice." in again.text
    assert "hello" in again.text
    assert bodies() == ["hello"]


def test_it_is_forgotten_after_a_day(signed_in: FlaskClient) -> None:
    signed_in.post(NEW_POST, data=new_post(signed_in))
    tidy_up()
    assert count(Submission) == 1
    write(update(Submission).values(sent_at=utcnow() - timedelta(hours=25)))
    tidy_up()
    assert count(Submission) == 0


def test_what_was_answered_cannot_be_read_in_the_database(signed_in: FlaskClient) -> None:
    signed_in.post(NEW_POST, data=new_post(signed_in, "a secret of somebody"))
    kept = db.session.scalars(select(Submission.answer)).one()
    assert kept
    assert "secret" not in kept


# Every act


def send_twice(client: FlaskClient, address: str, form: dict[str, object]) -> TestResponse:
    """Send a form twice, of which the browser gets the second answer; it is that of the first."""
    first = beside(client).post(address, data=form)
    left = rows()
    second = client.post(address, data=form)
    assert first.status_code in (200, 303), first.text
    assert (second.status_code, second.location) == (first.status_code, first.location)
    assert without_chance(second.text if not second.location else "") == without_chance(
        first.text if not first.location else ""
    )
    assert rows() == left
    return client.get(second.location) if second.location else second


def rows() -> list[int]:
    """How many there are of what an act can make."""
    made = (Operation, Change, Selection, PasswordLink, RecoveryCode, Submission)
    return [*map(count, made), count(AdminSession.__table__)]


def add_posts(number: int = 3) -> list[int]:
    db.session.execute(insert(Post), [{"body": f"post {n}"} for n in range(number)])
    db.session.commit()
    return list(db.session.scalars(select(Post.id).order_by(Post.id)))


def chosen(client: FlaskClient, action: str = "delete") -> TestResponse:
    """The page that asks what is to become of all posts."""
    address, form = form_of(client.get("/admin/post/"), "/action/")
    question = client.post(address, data=form | {"action": action, "matching": "1"}, follow_redirects=True)
    assert question.status_code == 200
    return question


def test_editing(signed_in: FlaskClient) -> None:
    (key,) = add_posts(1)
    address = f"/admin/post/edit/?id={key}"
    _here, form = form_of(signed_in.get(address), "/edit/")
    assert "other was saved." in send_twice(signed_in, address, form | {"body": "other"}).text


@pytest.mark.parametrize("action", ["delete", "edit"])
@pytest.mark.parametrize("rows_of", ["ticked", "matching"])
def test_choosing_rows(signed_in: FlaskClient, action: str, rows_of: str) -> None:
    keys = add_posts()
    address, form = form_of(signed_in.get("/admin/post/"), "/action/")
    chosen_rows = {"matching": "1"} if rows_of == "matching" else {"rowid": keys}
    question = send_twice(signed_in, address, form | chosen_rows | {"action": action})
    assert "3 posts" in question.text


def test_deleting(signed_in: FlaskClient) -> None:
    add_posts()
    address, form = form_of(chosen(signed_in), "/selection/")
    page = send_twice(signed_in, address, form)
    assert "3 posts deleted." in page.text
    assert "/admin/history/undo/" in page.text


def test_editing_many(signed_in: FlaskClient) -> None:
    add_posts()
    address, form = form_of(chosen(signed_in, "edit"), "/edit/")
    form |= {"change": "author", "author": "susan", "previewed": "1"}
    assert "3 posts changed." in send_twice(signed_in, address, form).text


def test_what_a_worker_does(signed_in: FlaskClient) -> None:
    signed_in.application.config["BACKGROUND_ROWS"] = 2
    add_posts()
    address, form = form_of(chosen(signed_in), "/selection/")
    assert "/history/details/" in send_twice(signed_in, address, form).request.path
    act = db.session.scalars(select(Operation.id).where(Operation.table_name == "post")).one()
    stop, fields = form_of(signed_in.get(f"/admin/history/details/?id={act}"), "/cancel/")
    assert "Stopped" in send_twice(signed_in, stop, fields | {"id": act}).text


def delete_posts(client: FlaskClient) -> TestResponse:
    """Delete three posts; the page that says so."""
    add_posts()
    address, form = form_of(chosen(client), "/selection/")
    return client.post(address, data=form, follow_redirects=True)


def test_undoing(signed_in: FlaskClient) -> None:
    address, form = form_of(delete_posts(signed_in), "/undo/")
    assert "3 changes undone." in send_twice(signed_in, address, form).text
    assert len(bodies()) == 3


def test_putting_back_from_the_trash(signed_in: FlaskClient) -> None:
    delete_posts(signed_in)
    address, form = form_of(signed_in.get("/admin/history/trash/?table=post"), "/return/")
    changes = db.session.scalars(select(Change.id).where(Change.action == "delete")).all()
    assert "2 posts put back." in send_twice(signed_in, address, form | {"rowid": changes[:2]}).text
    assert len(bodies()) == 2


def test_putting_a_version_back(signed_in: FlaskClient) -> None:
    (key,) = add_posts(1)
    address = f"/admin/post/edit/?id={key}"
    _here, form = form_of(signed_in.get(address), "/edit/")
    signed_in.post(address, data=form | {"body": "other"})
    change = db.session.scalars(select(Change.id).where(Change.table_name == "post")).one()
    page = signed_in.get(f"/admin/history/version/?id={change}&side=before")
    address, form = form_of(page, "/version/")
    assert "Put back in post 0" in send_twice(signed_in, address, form | {"column": "body"}).text


@pytest.mark.parametrize("can_sign_in", [True, False])
def test_granting_access(signed_in: FlaskClient, can_sign_in: bool) -> None:
    add_user("john", hashed=None if can_sign_in else FOREIGN_HASH)
    address, form = form_of(signed_in.get("/admin/administrator/grant/"), "/grant/")
    page = send_twice(signed_in, address, form | {"username": "john", "role": "viewer"})
    assert ("john can sign in now" if can_sign_in else "A link for john") in page.text


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("role", "has another role"),
        ("disable", "cannot sign in"),
        ("enable", "can sign in"),
        ("revoke", "no access"),
    ],
)
def test_changing_access(signed_in: FlaskClient, act: str, told: str) -> None:
    john = add_administrator("john", "viewer")
    grant = grant_of("john")
    if act == "enable":
        write(
            update(Administrator).where(Administrator.user_id == john.id).values(disabled_at=grant.granted_at)
        )
    page = (
        f"/admin/administrator/{act}/?id={grant.id}" if act in ("role", "revoke") else "/admin/administrator/"
    )
    _here, form = form_of(signed_in.get(page), "/administrator/")
    fields = form | {"id": grant.id, "role": "editor"}
    assert told in send_twice(signed_in, f"/admin/administrator/{act}/", fields).text


def test_resetting_a_second_factor(signed_in: FlaskClient) -> None:
    add_administrator("john", "viewer")
    add_authenticator("john")
    address = f"/admin/administrator/second-factor/?id={grant_of('john').id}"
    _here, form = form_of(signed_in.get(address), "/second-factor/")
    page = send_twice(signed_in, address, form | {"made_sure": "in person"})
    assert "The second factor of john was reset" in page.text


def test_a_password_link_is_shown_again(signed_in: FlaskClient) -> None:
    john = add_user("john")
    address, form = form_of(signed_in.get(f"/admin/user/password/?id={john.id}"), "/password-link/")
    page = send_twice(signed_in, address, form)
    found = re.search(r"/password#([\w-]+)", page.text)
    assert found
    choose_password(found[1], "a fine new password")


def test_after_reauthentication(signed_in: FlaskClient) -> None:
    john = add_user("john")
    address, form = form_of(signed_in.get(f"/admin/user/password/?id={john.id}"), "/password-link/")
    change_sessions(proved_at=None)
    question = signed_in.post(address, data=form)
    assert question.status_code == 403
    address, kept = form_of(question, "/password-link/")
    assert kept["_submission"] == form["_submission"]
    first = signed_in.post(address, data=kept | {"proof_password": PASSWORD})
    again = signed_in.post(address, data=form)
    assert "A link for john" in first.text
    assert without_chance(again.text) == without_chance(first.text)
    assert count(PasswordLink) == 1


def test_several_at_once_get_one_answer(signed_in: FlaskClient) -> None:
    john = add_user("john")
    address, form = form_of(signed_in.get(f"/admin/user/password/?id={john.id}"), "/password-link/")
    answers = at_once(signed_in, address, form, form, form)
    assert len({without_chance(answer.text) for answer in answers}) == 1
    assert "A link for john" in answers[0].text
    assert count(PasswordLink) == 1


def test_recovery_codes_are_shown_again(signed_in: FlaskClient) -> None:
    add_authenticator("susan")
    address, form = form_of(signed_in.get("/admin/second-factor/"), "/recovery-codes/")
    assert len(re.findall(r"<li><samp>", send_twice(signed_in, address, form).text)) == 10


def test_setting_the_password_of_a_user(signed_in: FlaskClient) -> None:
    john = add_user("john")
    address = f"/admin/user/password/?id={john.id}"
    _here, form = form_of(signed_in.get(address), "/password/")
    new = {"password": "a fine new password", "again": "a fine new password"}
    assert "john has a new password." in send_twice(signed_in, address, form | new).text


@pytest.mark.parametrize("whose", ["own", "john's"])
def test_ending_sessions(signed_in: FlaskClient, whose: str) -> None:
    if whose != "own":
        add_administrator("john", "viewer")
    name = "susan" if whose == "own" else "john"
    sign_in(signed_in.application.test_client(), name)
    owner = grant_of(name).id
    page = signed_in.get("/admin/sessions/" if whose == "own" else f"/admin/sessions/?of={owner}")
    newest = db.session.scalar(
        select(func.max(AdminSession.id)).where(AdminSession.administrator_id == owner)
    )
    _here, form = form_of(page, "/sessions/")
    ended = send_twice(signed_in, "/admin/sessions/end/", form | {"id": newest})
    assert ended.text.count("1 session was ended.") == 1


def test_every_form_has_its_token() -> None:
    """But those that sign in and out, or choose colours: they do no more when they are sent twice."""
    forms = [
        (path.name, text)
        for path in TEMPLATES.rglob("*.html")
        for text in path.read_text("utf-8").split("<form")[1:]
        if 'method="post"' in text.partition(">")[0]
    ]
    without = [name for name, text in forms if "csrf()" not in text.partition("</form>")[0]]
    assert without == ["frame.html", "frame.html"]
