"""The history of one record over HTTP, and putting its past versions back."""

import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Administrator, Change, Operation, Post, User
from tests.browsing import sign_in, submit, token_of
from tests.conftest import add_administrator


@pytest.fixture
def john(signed_in: FlaskClient) -> User:
    with operation("user:create", table="user", selection="user john"):
        john = User(username="john", email="john@example.com", password_hash="$2b$secret-of-john")
        db.session.add(john)
    return john


@pytest.fixture
def post(john: User) -> Post:
    """A post that was created, and then edited twice."""
    with operation("post:create", table="post", selection="post one"):
        post = Post(body="one", author=john)
        db.session.add(post)
    with operation("post:update", table="post", selection="post one"):
        post.body = "two"
    with operation("post:update", table="post", selection="post two"):
        post.author = None
    return post


def address(table: str, key: object) -> str:
    return f"/admin/history/record/?{urlencode({'table': table, 'key': key})}"


def changes(table: str, action: str) -> list[int]:
    found = select(Change.id).where(Change.table_name == table, Change.action == action)
    return list(db.session.scalars(found.order_by(Change.id)))


def words(page: TestResponse) -> list[str]:
    """What happened, as the headings of the entries say it."""
    return re.findall(r"<h2>([^<]+)</h2>", page.text)


def put_back(
    client: FlaskClient, change: int, *columns: str, side: str = "after", **more: str
) -> TestResponse:
    """Open a past version, set these ticks and send it."""
    page_address = f"/admin/history/version/?id={change}&side={side}"
    page = client.get(page_address)
    hidden = dict(re.findall(r'name="(side|version)" value="([^"]+)"', page.text))
    fields = {"csrf_token": token_of(page), "column": list(columns), **hidden}
    return client.post(page_address, data=fields, follow_redirects=True)


def test_the_changes_are_told_newest_first(signed_in: FlaskClient, post: Post) -> None:
    page = signed_in.get(address("post", post.id))
    assert page.status_code == 200
    assert "History of two" in page.text
    assert words(page) == ["Changed", "Changed", "Created"]
    assert re.search(r"<del>.*?one.*?</del>.*?<ins>.*?two", page.text, re.DOTALL)


def test_an_author_leads_to_the_author(signed_in: FlaskClient, john: User, post: Post) -> None:
    page = signed_in.get(address("post", post.id))
    assert f'<a href="/admin/user/details/?id={john.id}">john #{john.id}</a>' in page.text


def test_every_record_leads_to_its_history(signed_in: FlaskClient, post: Post) -> None:
    link = address("post", post.id).replace("&", "&amp;")
    for page in ("/admin/post/", f"/admin/post/details/?id={post.id}", f"/admin/post/edit/?id={post.id}"):
        assert link in signed_in.get(page).text
    assert "table=user" in signed_in.get("/admin/user/").text


def test_a_record_that_is_gone_has_a_history(signed_in: FlaskClient, post: Post) -> None:
    key = post.id
    with operation("post:delete", table="post", selection="post two"):
        db.session.delete(post)
    page = signed_in.get(address("post", key))
    assert "History of two" in page.text
    assert "This record is deleted." in page.text
    assert words(page)[0] == "Deleted"


def test_it_is_put_back_from_there_and_comes_back_in_the_history(signed_in: FlaskClient, post: Post) -> None:
    key = post.id
    with operation("post:delete", table="post", selection="post two"):
        db.session.delete(post)
    page = submit(signed_in, address("post", key), "/admin/history/return/", rowid=changes("post", "delete"),
                  url=address("post", key))  # fmt: skip
    page = signed_in.get(page.location)
    assert "1 post put back." in page.text
    assert words(page)[:2] == ["Came back", "Deleted"]
    assert db.session.get_one(Post, key).body == "two"


@pytest.mark.every_database
def test_the_history_goes_on_by_pages(signed_in: FlaskClient, post: Post) -> None:
    for number in range(25):
        with operation("post:update", table="post", selection="post"):
            post.body = f"body {number}"
    page = signed_in.get(address("post", post.id))
    assert len(words(page)) == 20
    earlier = re.search(r'href="([^"]+before=\d+)"', page.text)
    assert earlier is not None
    rest = signed_in.get(earlier[1].replace("&amp;", "&"))
    assert len(words(rest)) == 8
    assert words(rest)[-1] == "Created"


def test_a_record_without_changes_and_one_that_never_was(signed_in: FlaskClient, susan: User) -> None:
    db.session.execute(text("DELETE FROM backoffice_change"))
    db.session.commit()
    assert "No change to it was recorded yet." in signed_in.get(address("user", susan.id)).text
    assert signed_in.get(address("user", 99999)).status_code == 404
    assert signed_in.get(address("nowhere", 1)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "", "table=post", "key=1", "table=post&key=", "table=backoffice_sign_in&key=1", "table=x%01&key=1",
        "table=post&key=%01", f"table=post&key={'1' * 300}", f"table={'x' * 300}&key=1", "table=post&key=abc",
    ],
)  # fmt: skip
def test_whatever_names_no_record_is_not_found(signed_in: FlaskClient, query: str) -> None:
    assert signed_in.get(f"/admin/history/record/?{query}").status_code == 404


@pytest.mark.every_database
def test_a_table_without_a_view_has_a_history_too(signed_in: FlaskClient, john: User) -> None:
    act = db.session.scalars(select(Operation.id)).first()
    rows = [Change(operation_id=act, table_name="followers", row_key="[1, 2]", action="delete",
                   before={"follower_id": 1, "followed_id": 2})]  # fmt: skip
    db.session.add_all(rows)
    db.session.commit()
    page = signed_in.get(address("followers", "[1, 2]"))
    assert page.status_code == 200
    assert "2 other columns, which are not shown." in page.text
    assert signed_in.get(f"/admin/history/version/?id={rows[0].id}").status_code == 404


def test_grants_are_for_those_who_administer(signed_in: FlaskClient, susan: User) -> None:
    add_administrator("edith", "editor")
    editor = signed_in.application.test_client()
    sign_in(editor, "edith")
    grant = db.session.scalars(select(Administrator.id)).first()
    page = address(Administrator.__tablename__, grant)
    change = db.session.scalars(select(Change.id).where(Change.table_name == Administrator.__tablename__))
    assert "History of susan" in signed_in.get(page).text
    assert editor.get(page).status_code == 403
    assert editor.get(f"/admin/history/version/?id={change.first()}").status_code == 403


def test_secrets_are_on_none_of_the_pages(signed_in: FlaskClient, john: User) -> None:
    with operation("user:password:change", table="user", selection="user john"):
        john.password_hash = "$2b$another-secret"
    created = changes("user", "insert")[-1]
    [changed] = changes("user", "update")
    for page in (
        address("user", john.id),
        f"/admin/history/version/?id={created}",
        f"/admin/history/version/?id={changed}&side=before",
    ):
        assert "secret" not in signed_in.get(page).text
    assert "The password was set." in signed_in.get(address("user", john.id)).text


@pytest.mark.every_database
def test_one_field_is_put_back_and_can_be_undone(signed_in: FlaskClient, post: Post) -> None:
    page = put_back(signed_in, changes("post", "insert")[0], "body")
    assert "Put back in one: Body." in page.text
    assert words(page)[0] == "Changed"
    kept = db.session.get_one(Post, post.id)
    assert (kept.body, kept.user_id) == ("one", None)
    act = db.session.scalars(select(Operation).order_by(Operation.id.desc())).first()
    assert act is not None
    assert (act.kind, act.actor_name) == ("post:put_back", "susan")
    assert act.facts == {"row": {"key": str(post.id), "name": "two"}, "columns": ["body"]}
    undone = re.search(r'action="(/admin/history/undo/[^"]+)"', page.text)
    assert undone is not None
    signed_in.post(undone[1], data={"csrf_token": token_of(page)})
    db.session.rollback()
    assert db.session.get_one(Post, post.id).body == "two"


@pytest.mark.every_database
def test_the_whole_is_put_back(signed_in: FlaskClient, john: User, post: Post) -> None:
    put_back(signed_in, changes("post", "update")[0], "body", "user_id", "timestamp", side="before")
    kept = db.session.get_one(Post, post.id)
    assert (kept.body, kept.user_id) == ("one", john.id)


def test_a_version_opens_on_the_side_that_is_another_one(signed_in: FlaskClient, post: Post) -> None:
    created, latest = changes("post", "insert")[0], changes("post", "update")[-1]
    first = signed_in.get(f"/admin/history/version/?id={created}").text
    last = signed_in.get(f"/admin/history/version/?id={latest}").text
    assert 'name="side" value="after"' in first
    assert 'name="side" value="before"' in last
    assert "Put back what is ticked" in first


@pytest.mark.every_database
def test_what_changed_meanwhile_is_looked_at_again(signed_in: FlaskClient, post: Post) -> None:
    page_address = f"/admin/history/version/?id={changes('post', 'insert')[0]}&side=after"
    page = signed_in.get(page_address)
    hidden = dict(re.findall(r'name="(side|version)" value="([^"]+)"', page.text))
    # By the application itself, behind the console's back.
    db.session.execute(text("UPDATE post SET body = 'elsewhere'"))
    db.session.commit()
    fields = {"csrf_token": token_of(page), "column": "body", **hidden}
    answer = signed_in.post(page_address, data=fields)
    assert answer.status_code == 409
    assert "This was changed meanwhile." in answer.text
    assert "elsewhere" in answer.text
    assert db.session.get_one(Post, post.id).body == "elsewhere"


def test_nothing_ticked_is_no_success(signed_in: FlaskClient, post: Post) -> None:
    for columns in ((), ("id",), ("password_hash",), ("nothing",)):
        page = put_back(signed_in, changes("post", "insert")[0], *columns)
        assert "Nothing was ticked" in page.text
    assert db.session.get_one(Post, post.id).body == "two"


def test_the_rules_of_the_form_hold(signed_in: FlaskClient, john: User) -> None:
    with operation("user:update", table="user", selection="user john"):
        john.username = "johnny"
    renamed = changes("user", "update")[-1]
    with operation("user:create", table="user", selection="user John"):
        db.session.add(User(username="John", email="other@example.com"))
    page = put_back(signed_in, renamed, "username", side="before")
    assert page.status_code == 409
    assert "There is a user called that already." in page.text
    assert db.session.get_one(User, john.id).username == "johnny"


def test_an_empty_value_that_the_form_wants_is_refused(signed_in: FlaskClient, post: Post) -> None:
    db.session.execute(update(Change).where(Change.id == changes("post", "update")[0])
                       .values(before={"body": None}))  # fmt: skip
    db.session.commit()
    page = put_back(signed_in, changes("post", "update")[0], "body", side="before")
    assert page.status_code == 409
    assert "Body: " in page.text
    assert db.session.get_one(Post, post.id).body == "two"


def test_an_author_that_is_gone_is_said(signed_in: FlaskClient, john: User, post: Post) -> None:
    key = john.id
    with operation("user:delete", table="user", selection="user john"):
        db.session.delete(db.session.get_one(User, key))
    page = put_back(signed_in, changes("post", "insert")[0], "user_id")
    assert page.status_code == 409
    assert f"“Author” refers to john #{key}, which was deleted.</a>" in page.text
    assert escape(address("user", key)) in page.text
    assert db.session.get_one(Post, post.id).user_id is None


def test_a_viewer_looks_and_puts_nothing_back(signed_in: FlaskClient, post: Post) -> None:
    add_administrator("vera", "viewer")
    viewer = signed_in.application.test_client()
    sign_in(viewer, "vera")
    created = changes("post", "insert")[0]
    page = viewer.get(f"/admin/history/version/?id={created}")
    assert page.status_code == 200
    assert "Put back what is ticked" not in page.text
    assert put_back(viewer, created, "body").status_code == 403


def test_the_version_of_a_record_that_is_gone(signed_in: FlaskClient, post: Post) -> None:
    created = changes("post", "insert")[0]
    with operation("post:delete", table="post", selection="post two"):
        db.session.delete(post)
    page = signed_in.get(f"/admin/history/version/?id={created}")
    assert page.status_code == 200
    assert "The record is deleted." in page.text
    assert put_back(signed_in, created, "body").status_code == 404


@pytest.mark.parametrize("query", ["", "id=", "id=x", "id=99999", "id=1&side=sideways", f"id={'9' * 30}"])
def test_whatever_names_no_change_is_no_failure(signed_in: FlaskClient, query: str) -> None:
    assert signed_in.get(f"/admin/history/version/?{query}").status_code in (200, 404)
