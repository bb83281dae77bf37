"""A key has one spelling: what is none opens nothing, and is named where it was ticked, never dropped."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import func, select

from backoffice.extensions import db
from backoffice.models import Change, Operation, Post, Selection, User
from tests.browsing import token_of

pytestmark = pytest.mark.every_database

# Other spellings of 1, and what is no number.
SPELLINGS = [
    "01",
    "001",
    "+1",
    "-1",
    " 1",
    "1 ",
    "1abc",
    "1.0",
    "1e0",
    "0x1",
    "1_0",
    "\uff11",
    "\u0661",
    "\u00b9",
    "1,2",
    "1\n",
    "\u200b1",
    "2147483648",
    "9" * 30,
    "x" * 300,
    "#1",
    "None",
    "1;2",
    "\u2212" + "1",
]


BIG = "2147483648"


@pytest.fixture
def rows(signed_in: FlaskClient, susan: User) -> list[Post]:
    posts = [Post(body=f"post {number}", author=susan) for number in range(3)]
    db.session.add_all(posts)
    db.session.commit()
    assert [post.id for post in posts] == [1, 2, 3]
    return posts


def state() -> tuple[int, ...]:
    """How much there is that a request might have changed."""
    db.session.rollback()
    counted = [
        select(func.count()).select_from(model) for model in (Post, User, Selection, Operation, Change)
    ]
    return tuple(db.session.scalar(one) or 0 for one in counted)


PAGES = [
    "/admin/post/edit/?id=",
    "/admin/post/details/?id=",
    "/admin/user/edit/?id=",
    "/admin/user/details/?id=",
    "/admin/user/password/?id=",
    "/admin/administrator/role/?id=",
    "/admin/administrator/revoke/?id=",
    "/admin/history/operation/?id=",
    "/admin/history/undo/?id=",
    "/admin/history/version/?id=",
    "/admin/sessions/?of=",
    "/admin/history/record/?table=post&key=",
    "/admin/history/record/?table=post&key=1&before=",
    "/admin/history/trash/?table=post&page=",
]


@pytest.mark.parametrize("page", PAGES)
def test_no_other_spelling_opens_a_row(signed_in: FlaskClient, rows: list[Post], page: str) -> None:
    for key in SPELLINGS:
        found = signed_in.get(page + quote(key)).status_code
        assert found == 404 or (page.endswith(("before=", "page=")) and key == BIG), key


FORMS = [
    ("/admin/post/delete/", {}, "id"),
    ("/admin/post/action/", {"action": "delete"}, "rowid"),
    ("/admin/post/action/", {"action": "edit"}, "rowid"),
    ("/admin/user/action/", {"action": "delete"}, "rowid"),
    ("/admin/history/return/", {}, "rowid"),
]


@pytest.mark.parametrize(("page", "form", "name"), FORMS)
def test_what_is_no_key_is_named_and_nothing_is_done(
    signed_in: FlaskClient, rows: list[Post], page: str, form: dict[str, str], name: str
) -> None:
    token, before = token_of(signed_in.get("/admin/post/new/")), state()
    for key in SPELLINGS:
        if key == BIG and "history" in page:  # changes are numbered further than posts can be
            continue
        for ticked in ([key], ["1", key], [key, "2", "3"]) if name == "rowid" else ([key],):
            answer = signed_in.post(page, data={"csrf_token": token, **form, name: ticked})
            assert answer.status_code == 400, key
            assert f"There is no row “{escape(key[:40])}”." in answer.text
    assert state() == before


def test_all_that_are_none_are_named(signed_in: FlaskClient, rows: list[Post]) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "action": "delete", "rowid": ["01", "2", "", "1abc", "+3"]}
    answer = signed_in.post("/admin/post/action/", data=sent)
    assert (answer.status_code, "There is no row “01”, “1abc”, “+3”." in answer.text) == (400, True)


def test_keys_are_taken_as_they_are_spelt(signed_in: FlaskClient, rows: list[Post]) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "action": "delete", "rowid": ["1", "3", "", "3"]}
    asked = signed_in.post("/admin/post/action/", data=sent, follow_redirects=True)
    assert "Delete 2 posts" in asked.text


def test_a_version_of_another_spelling_is_none(signed_in: FlaskClient, rows: list[Post]) -> None:
    token, before = token_of(signed_in.get("/admin/post/new/")), state()
    sent = {"csrf_token": token, "action": "delete", "rowid": "1", "version": "01:abcdef"}
    assert signed_in.post("/admin/post/action/", data=sent).status_code == 400
    assert state() == before
