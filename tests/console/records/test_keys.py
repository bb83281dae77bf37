"""A key has one spelling: what is none opens nothing, and is named where it was ticked, never dropped."""

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import func, select

from backoffice.extensions import db
from backoffice.models import Change, ClaimedName, Operation, Post, Selection, User, find_row
from tests.browsing import token_of

pytestmark = pytest.mark.every_database

# Other spellings of the number of a row that is there.
SPELT_ELSE = [
    "0{}",
    "00{}",
    "+{}",
    "-{}",
    " {}",
    "{} ",
    "{}abc",
    "{}.0",
    "{}e0",
    "0x{}",
    "{}_0",
    "{},2",
    "{}\n",
]
SPELT_ELSE += ["\u200b{}", "#{}", "{};2", "\u2212{}", "{}\u0660", "\uff10{}"]
NO_NUMBERS = ["\u00b9", "None", "x" * 300, "9" * 30]
BIG = str(2**64)


@pytest.fixture
def rows(signed_in: FlaskClient, susan: User) -> list[Post]:
    posts = [Post(body=f"post {number}", author=susan) for number in range(3)]
    db.session.add_all(posts)
    db.session.commit()
    return posts


def spellings(row: Post) -> list[str]:
    """What is no key, though it looks like that of a row."""
    digits = str(row.id).translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    return [each.format(row.id) for each in SPELT_ELSE] + [digits, *NO_NUMBERS, BIG]


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
    "/admin/history/details/?id=",
    "/admin/history/undo/?id=",
    "/admin/history/version/?id=",
    "/admin/sessions/?of=",
    "/admin/history/record/?table=post&key=",
    "/admin/history/record/?table=post&key=1&before=",
]


@pytest.mark.parametrize("page", PAGES)
def test_no_other_spelling_opens_a_row(signed_in: FlaskClient, rows: list[Post], page: str) -> None:
    for key in spellings(rows[0]):
        found = signed_in.get(page + quote(key)).status_code
        assert found == 404, key


def test_no_other_spelling_is_a_page_of_the_trash(signed_in: FlaskClient, rows: list[Post]) -> None:
    for key in spellings(rows[0]):
        page = signed_in.get(f"/admin/history/trash/?table=post&page={quote(key)}").text
        assert "There is no such page in this order." in page, key


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
    for key in spellings(rows[0]):
        for ticked in ([key], [rows[0].id, key], [key, rows[1].id]) if name == "rowid" else ([key],):
            answer = signed_in.post(page, data={"csrf_token": token, **form, name: ticked})
            assert answer.status_code == 400, key
            assert f"There is no row “{escape(key[:40])}”." in answer.text
    assert state() == before


def test_all_that_are_none_are_named(signed_in: FlaskClient, rows: list[Post]) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "action": "delete", "rowid": ["01", str(rows[1].id), "", "1abc", "+3"]}
    answer = signed_in.post("/admin/post/action/", data=sent)
    assert (answer.status_code, "There is no row “01”, “1abc”, “+3”." in answer.text) == (400, True)


def test_keys_are_taken_as_they_are_spelt(signed_in: FlaskClient, rows: list[Post]) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "action": "delete", "rowid": [rows[0].id, rows[2].id, "", rows[2].id]}
    asked = signed_in.post("/admin/post/action/", data=sent, follow_redirects=True)
    assert "Delete 2 posts" in asked.text


def test_a_version_of_another_spelling_is_none(signed_in: FlaskClient, rows: list[Post]) -> None:
    token, before = token_of(signed_in.get("/admin/post/new/")), state()
    sent = {"csrf_token": token, "action": "delete", "rowid": rows[0].id, "version": f"0{rows[0].id}:abcdef"}
    assert signed_in.post("/admin/post/action/", data=sent).status_code == 400
    assert state() == before


def test_a_text_is_a_key_as_it_is_spelt(app: Flask) -> None:
    db.session.add(ClaimedName(folded="susan", administrator_id=1))
    db.session.commit()
    found = find_row(db.session, ClaimedName, "susan")
    assert found is not None
    for text in ("susan ", "Susan", "SUSAN", "süsan", " susan"):
        assert find_row(db.session, ClaimedName, text) is None, text
