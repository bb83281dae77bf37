"""Giving many records the same values over HTTP: what each has and would have is shown first."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from backoffice.clock import utcnow
from backoffice.console.records.selection_page import TYPED_ABOVE
from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browsing import token_of

pytestmark = pytest.mark.every_database

TAG = re.compile(r"<[^>]+>|\s+")


@pytest.fixture
def posts(signed_in: FlaskClient) -> list[Post]:
    """One post of john's, one of mary's and one of nobody's."""
    john = User(username="john", email="john@example.com")
    mary = User(username="mary", email="mary@example.com")
    posts = [Post(body="One", author=john), Post(body="Two", author=mary), Post(body="Three")]
    db.session.add_all(posts)
    db.session.commit()
    return posts


def choose(client: FlaskClient, **fields: object) -> str:
    """Tick rows and press Edit; gives the address of the page that asks."""
    token = token_of(client.get("/admin/post/"))
    return client.post("/admin/post/action/", data={"csrf_token": token, "action": "edit", **fields}).location


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={"csrf_token": token_of(client.get(address)), **fields})


def read(page: TestResponse) -> list[str]:
    """The rows that are shown before and after, in words."""
    rows = re.findall(r"<li>\s*<p class=\"change-header.*?</li>", page.text, re.DOTALL)
    return [" ".join(TAG.sub(" ", row).split()) for row in rows]


def test_each_row_is_shown_before_and_after(signed_in: FlaskClient, posts: list[Post]) -> None:
    john, mary = posts[0].user_id, posts[1].user_id
    address = choose(signed_in, rowid=[str(post.id) for post in posts])
    page = send(signed_in, address, change="author", author="mary")
    assert "<h1>Edit 3 posts</h1>" in page.text
    assert read(page) == [
        f"One Author [before: john #{john} ] → [after: mary #{mary} ]",
        "Two Has this already, and stays as it is.",
        f"Three Author [before: empty ] → [after: mary #{mary} ]",
    ]
    assert db.session.scalar(select(func.count()).where(Post.user_id == mary)) == 1
    done = send(signed_in, address, change="author", author="mary", previewed="1")
    assert done.status_code == 303
    assert db.session.scalar(select(func.count()).where(Post.user_id == mary)) == 3


def test_of_two_fields_only_what_differs_is_a_change(signed_in: FlaskClient, posts: list[Post]) -> None:
    address = choose(signed_in, rowid=[str(posts[1].id)])
    fields = {"change": ["author", "timestamp"], "author": "mary", "timestamp": "1999-12-31 23:59:59"}
    (row,) = read(send(signed_in, address, **fields))
    assert "Author: has this already." in row
    assert "31 Dec 1999" in row or "Dec 31, 1999" in row


def test_many_want_their_number_typed(signed_in: FlaskClient, posts: list[Post]) -> None:
    row = {"body": "x", "timestamp": utcnow(), "user_id": None}
    db.session.execute(insert(Post), [row] * (TYPED_ABOVE - 2))
    db.session.commit()
    address = choose(signed_in, matching="all")
    page = send(signed_in, address, change="author", author="mary")
    assert len(read(page)) == 10
    assert "and 991 more" in page.text
    assert "Type 1,001 to confirm" in page.text
    refused = send(signed_in, address, change="author", author="mary", previewed="1")
    assert refused.status_code == 422
    assert len(read(refused)) == 10
    send(signed_in, address, change="author", author="mary", previewed="1", typed="1001")
    assert db.session.scalar(select(func.count()).where(Post.user_id.is_(None))) == 0
