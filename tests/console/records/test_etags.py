"""Deleting a row that changed since it was shown asks again, wherever it was shown."""

import html
import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from werkzeug.test import TestResponse

from backoffice.accounts.passwords.change import set_password
from backoffice.extensions import db
from backoffice.models import Administrator, Post, User
from tests.accounts.people import add_user
from tests.browsing import token_of
from tests.conftest import add_administrator

pytestmark = pytest.mark.every_database

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def posts(signed_in: FlaskClient) -> list[Post]:
    mary = User(username="mary", email="mary@example.com")
    posts = [
        Post(body=f"post {n}", author=mary, timestamp=datetime(2024, 5, n, 12, 0, n, n)) for n in (1, 2, 3)
    ]
    db.session.add_all(posts)
    db.session.commit()
    return posts


def press_delete(client: FlaskClient, page: str, post: Post, merge: str | None = None) -> TestResponse:
    """Open a page with a button that deletes a post, and press it after something has happened."""
    shown = client.get(page)
    forms = [form.partition("</form>")[0] for form in shown.text.split("<form ")]
    form = next(form for form in forms if "/admin/post/delete/" in form)
    fields: dict[str, list[str]] = {"id": [str(post.id)]}
    for name, value in HIDDEN.findall(form):
        if name != "id":
            fields.setdefault(name, []).append(html.unescape(value))
    if merge:
        db.session.execute(text(merge))
        db.session.commit()
    return client.post("/admin/post/delete/", data=fields, follow_redirects=True)


PAGES = ["/admin/post/", "/admin/post/details/?id={}", "/admin/post/edit/?id={}"]


@pytest.mark.parametrize("page", PAGES)
def test_a_row_that_stayed_as_it_was_is_asked_about_once(
    signed_in: FlaskClient, posts: list[Post], page: str
) -> None:
    question = press_delete(signed_in, page.format(posts[0].id), posts[0])
    assert "<h1>Delete 1 post</h1>" in question.text
    assert "warning-note" not in question.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("change", ["body = 'other'", "user_id = NULL", "timestamp = '2024-05-01 12:00:01'"])
def test_a_row_that_changed_is_pointed_out(
    signed_in: FlaskClient, posts: list[Post], page: str, change: str
) -> None:
    change = f"UPDATE post SET {change} WHERE id = {posts[0].id}"
    question = press_delete(signed_in, page.format(posts[0].id), posts[0], change)
    assert "<h1>Delete 1 post</h1>" in question.text
    assert "warning-note" in question.text
    assert db.session.scalar(select(func.count()).select_from(Post)) == 3


def test_another_row_that_changed_is_none_of_it(signed_in: FlaskClient, posts: list[Post]) -> None:
    change = f"UPDATE post SET body = 'other' WHERE id = {posts[1].id}"
    question = press_delete(signed_in, "/admin/post/", posts[0], change)
    assert "warning-note" not in question.text


def test_ticked_rows_say_how_they_were_shown(signed_in: FlaskClient, posts: list[Post]) -> None:
    page = signed_in.get("/admin/post/")
    versions = [html.unescape(value) for name, value in HIDDEN.findall(page.text) if name == "version"]
    assert len(versions) == 3
    db.session.execute(text(f"UPDATE post SET body = 'other' WHERE id = {posts[1].id}"))
    db.session.commit()
    fields = {
        "csrf_token": token_of(page),
        "version": versions,
        "rowid": [str(post.id) for post in posts],
        "action": "delete",
    }
    question = signed_in.post("/admin/post/action/", data=fields, follow_redirects=True)
    assert "warning-note" in question.text
    assert "other" in question.text.partition("warning-note")[2].partition("</p>")[0]


def test_a_form_that_came_back_rejected_still_says_how_it_was_first_shown(
    signed_in: FlaskClient, posts: list[Post]
) -> None:
    page = f"/admin/post/edit/?id={posts[0].id}"
    first = dict(HIDDEN.findall(signed_in.get(page).text.partition("data-dirty")[2].partition("</form>")[0]))
    db.session.execute(text(f"UPDATE post SET user_id = NULL WHERE id = {posts[0].id}"))
    db.session.commit()
    again = signed_in.post(page, data={**first, "body": "x" * 141})
    assert again.status_code == 422
    assert set(re.findall(r'name="version" value="([^"]+)"', again.text)) == {first["version"]}


def test_a_list_reads_nothing_more_for_it(app: Flask, signed_in: FlaskClient, posts: list[Post]) -> None:
    db.session.add_all([Post(body=str(n)) for n in range(50)])
    db.session.commit()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda c, cursor, s, *rest: statements.append(s))
    signed_in.get("/admin/post/?page_size=10")
    few = len(statements)
    statements.clear()
    signed_in.get("/admin/post/?page_size=50")
    assert len(statements) == few


# Access and passwords


def sent_with(client: FlaskClient, page: str, before: str) -> dict[str, list[str]]:
    """The hidden fields of the form of a page that has this in it."""
    forms = [form.partition("</form>")[0] for form in client.get(page).text.split("<form ")]
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(next(form for form in forms if before in form)):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


@pytest.fixture
def john(signed_in: FlaskClient) -> Administrator:
    add_administrator("john", "editor")
    return db.session.scalars(select(Administrator).where(Administrator.username == "john")).one()


def test_a_decision_about_access_is_about_the_access_that_was_shown(
    signed_in: FlaskClient, john: Administrator
) -> None:
    shown = sent_with(signed_in, "/admin/administrator/", "/admin/administrator/disable/")
    revoking = f"/admin/administrator/revoke/?id={john.id}"
    asked = sent_with(signed_in, revoking, "btn-danger")
    john.role = "viewer"
    db.session.commit()
    for page, form in (("/admin/administrator/disable/", shown), (revoking, asked)):
        answer = signed_in.post(page, data={**form, "id": john.id})
        assert answer.status_code == 409
        assert "The access of john was changed meanwhile. Please look again." in answer.text
    db.session.rollback()
    assert john.disabled_at is None
    again = sent_with(signed_in, "/admin/administrator/", "/admin/administrator/disable/")
    answer = signed_in.post("/admin/administrator/disable/", data={**again, "id": john.id})
    assert answer.status_code == 303
    db.session.rollback()
    assert john.disabled_at is not None


def test_a_password_replaces_the_one_that_was_there(signed_in: FlaskClient) -> None:
    user = add_user("mary")
    page = f"/admin/user/password/?id={user.id}"
    new = {"password": "a long enough one", "again": "a long enough one"}
    form = sent_with(signed_in, page, "new-password")
    set_password(user.id, "set by another one")
    answer = signed_in.post(page, data={**form, **new})
    assert answer.status_code == 409
    assert "The password of mary was changed meanwhile." in answer.text
    db.session.rollback()
    assert user.check_password("set by another one")
    version = html.unescape(dict(HIDDEN.findall(answer.text.partition("new-password")[0]))["version"])
    assert signed_in.post(page, data={**form, **new, "version": version}).status_code == 303
    db.session.rollback()
    assert user.check_password("a long enough one")
