"""Deleting over HTTP: always over a page that says what will happen."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backoffice.extensions import db
from backoffice.models import Administrator, Operation, Post, User
from tests.browsing import sign_in, token_of
from tests.conftest import add_administrator

pytestmark = pytest.mark.every_database


@pytest.fixture
def john(signed_in: FlaskClient) -> User:
    """A user with two posts; a third has no author."""
    john = User(username="john", email="john@example.com")
    db.session.add_all(
        [john, Post(body="one", author=john), Post(body="two", author=john), Post(body="three")]
    )
    db.session.commit()
    return john


def count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def ask(client: FlaskClient, noun: str, *keys: object) -> TestResponse:
    """Tick rows and press Delete; gives the page that asks."""
    token = token_of(client.get(f"/admin/{noun}/"))
    fields = {"csrf_token": token, "action": "delete", "rowid": [str(key) for key in keys]}
    return client.post(f"/admin/{noun}/action/", data=fields, follow_redirects=True)


def confirm(client: FlaskClient, question: TestResponse, **choices: str) -> TestResponse:
    """Press the button of the page that asks."""
    fields: dict[str, object] = {"csrf_token": token_of(question), **choices}
    fields["seen"] = re.findall(r'name="seen" value="([^"]+)"', question.text)
    return client.post(question.request.path, data=fields, follow_redirects=True)


def test_the_page_says_exactly_what_will_happen(signed_in: FlaskClient, john: User) -> None:
    page = ask(signed_in, "user", john.id)
    assert page.status_code == 200
    assert "<h1>Delete 1 user</h1>" in page.text
    assert "john@example.com" in page.text
    assert re.search(r"Posts that stay without author</dt><dd>2<", page.text)
    assert count(User) == 2


def test_and_then_exactly_that_happens(signed_in: FlaskClient, john: User) -> None:
    key = str(john.id)
    page = confirm(signed_in, ask(signed_in, "user", key))
    assert "1 user deleted. 2 posts stay without author." in page.text
    assert (count(User), count(Post)) == (1, 3)
    act = db.session.scalars(select(Operation).where(Operation.kind == "user:delete")).one()
    assert (act.actor_name, act.changed_rows) == ("susan", 3)
    assert act.facts == {"row": {"key": key, "name": "john"}}


def test_posts_can_be_deleted_along(signed_in: FlaskClient, john: User) -> None:
    page = confirm(signed_in, ask(signed_in, "user", john.id), **{"along:post.user_id": "delete"})
    assert "2 posts deleted too." in page.text
    assert (count(User), count(Post)) == (1, 1)


def test_many_at_once(signed_in: FlaskClient, john: User) -> None:
    keys = db.session.scalars(select(Post.id)).all()
    question = ask(signed_in, "post", *keys, 99999)
    assert "<h1>Delete 3 posts</h1>" in question.text
    assert re.search(r"Not there any more</dt><dd>1<", question.text)
    assert "3 posts deleted." in confirm(signed_in, question).text
    assert count(Post) == 0


def test_one_row_by_its_own_button(signed_in: FlaskClient, john: User) -> None:
    token = token_of(signed_in.get("/admin/user/"))
    question = signed_in.post(
        "/admin/user/delete/",
        data={"csrf_token": token, "id": john.id, "url": "/admin/user/?search=j"},
        follow_redirects=True,
    )
    assert "<h1>Delete 1 user</h1>" in question.text
    answer = signed_in.post(
        question.request.path, data={"csrf_token": token_of(question), "seen": "post.user_id"}
    )
    assert answer.status_code == 303
    assert count(User) == 1


def test_nothing_selected_is_said_and_is_no_success(signed_in: FlaskClient, john: User) -> None:
    page = ask(signed_in, "user")
    assert "Nothing was selected, so nothing was done." in page.text
    assert "message-warning" in page.text
    page = ask(signed_in, "user", "x", "-1", "1,2", "1abc", "9" * 40)
    assert page.status_code == 400
    assert f"There is no row “x”, “-1”, “1,2”, “1abc”, “{'9' * 40}”. Nothing was done." in page.text
    assert count(User) == 2


def test_a_reload_deletes_nothing_twice(signed_in: FlaskClient, john: User) -> None:
    question = ask(signed_in, "user", john.id)
    confirm(signed_in, question)
    again = confirm_again = signed_in.get(question.request.path, follow_redirects=True)
    assert "This was done already." in again.text
    assert confirm_again.status_code == 200


def test_nobody_deletes_their_own_account(signed_in: FlaskClient, susan: User, john: User) -> None:
    question = ask(signed_in, "user", susan.id, john.id)
    assert "your own account" in question.text
    page = confirm(signed_in, question)
    assert "1 user deleted." in page.text
    only = ask(signed_in, "user", susan.id)
    assert "Nothing to delete" in only.text
    assert "btn-danger" not in only.text
    assert count(User) == 1


def test_an_editor_deletes_no_administrator(signed_in: FlaskClient, susan: User) -> None:
    add_administrator("edith", "editor")
    editor = signed_in.application.test_client()
    sign_in(editor, "edith")
    assert "an administrator of this console" in ask(editor, "user", susan.id).text
    for page in ("password", "edit"):
        answer = editor.get(f"/admin/user/{page}/?id={susan.id}")
        sent = editor.post(
            f"/admin/user/{page}/?id={susan.id}",
            data={
                "csrf_token": token_of(editor.get("/admin/user/new/")),
                "username": "x",
                "password": "y" * 12,
                "again": "y" * 12,
            },
        )
        assert (answer.status_code, sent.status_code) in ((403, 403), (200, 403))
    assert count(Administrator) == 2


def test_somebody_elses_selection_is_not_there(signed_in: FlaskClient, john: User) -> None:
    question = ask(signed_in, "user", john.id)
    add_administrator("edith", "administrator")
    other = signed_in.application.test_client()
    sign_in(other, "edith")
    assert other.get(question.request.path).status_code == 404


def test_no_deletion_without_a_token(signed_in: FlaskClient, john: User) -> None:
    for address in (
        "/admin/user/delete/",
        "/admin/user/action/",
        ask(signed_in, "user", john.id).request.path,
    ):
        assert (
            signed_in.post(address, data={"id": john.id, "rowid": john.id, "action": "delete"}).status_code
            == 400
        )
    assert count(User) == 2


def test_more_rows_than_can_be_ticked(signed_in: FlaskClient, john: User) -> None:
    page = ask(signed_in, "user", *range(1, 1100))
    assert page.status_code == 400
    assert "At most 1000 rows" in page.text
