"""What is deleted, by table, and putting it back."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text
from werkzeug.test import TestResponse

from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Administrator, Change, Operation, Post, User
from tests.browsing import sign_in, submit, token_of
from tests.conftest import add_administrator

pytestmark = pytest.mark.every_database

TRASH = "/admin/history/trash/?table=post"


@pytest.fixture
def john(signed_in: FlaskClient) -> User:
    """A user with three posts, of which two were deleted at once and one before."""
    john = User(username="john", email="john@example.com")
    posts = [Post(body=body, author=john) for body in ("one", "two", "three", "four")]
    db.session.add_all([john, *posts])
    db.session.commit()
    with operation("post:delete", table="post", selection="post one"):
        db.session.delete(posts[0])
    with operation("post:delete", table="post", selection="2 posts"):
        db.session.delete(posts[1])
        db.session.delete(posts[2])
    return john


def deletions(table: str = "post") -> list[int]:
    found = select(Change.id).where(Change.table_name == table, Change.action == "delete")
    return list(db.session.scalars(found.order_by(Change.id)))


def bodies() -> list[str]:
    return list(db.session.scalars(select(Post.body).order_by(Post.id)))


def shown(page: TestResponse) -> list[str]:
    """What the rows are called."""
    return re.findall(r'<span class="visually-hidden">Select (?!this)([^<]+)</span>', page.text)


def send(client: FlaskClient, *changes: int, **more: object) -> TestResponse:
    fields = {"rowid": list(changes), "url": TRASH, **more}
    answer = submit(client, TRASH, "/admin/history/return/", **fields)
    return client.get(answer.location) if answer.status_code == 303 else answer


def test_what_is_deleted_is_shown_the_latest_first(signed_in: FlaskClient, john: User) -> None:
    page = signed_in.get(TRASH)
    assert page.status_code == 200
    assert set(shown(page)[:2]) == {"two", "three"}
    assert shown(page)[2:] == ["one"]
    assert f"john #{john.id}" in page.text


def test_the_lists_and_the_sidebar_lead_to_it(signed_in: FlaskClient, john: User) -> None:
    page = signed_in.get("/admin/post/").text
    assert f'href="{TRASH}"' in page
    assert 'href="/admin/history/trash/"' in page
    assert 'aria-current="page"' in signed_in.get("/admin/history/trash/").text


def test_a_row_is_put_back_whole_and_can_be_undone(signed_in: FlaskClient, john: User) -> None:
    page = send(signed_in, deletions()[0])
    assert "1 post put back." in page.text
    assert set(shown(page)) == {"two", "three"}
    assert bodies() == ["one", "four"]
    act = db.session.scalars(select(Operation).order_by(Operation.id.desc())).first()
    assert act is not None
    assert (act.kind, (act.facts or {})["row"]["name"], act.actor_name) == ("post:undo", "one", "susan")
    assert "Put back post “one”" in signed_in.get("/admin/history/").text
    undo = re.search(r'action="(/admin/history/undo/[^"]+)"', page.text)
    assert undo is not None
    signed_in.post(undo[1], data={"csrf_token": token_of(page)})
    assert bodies() == ["four"]
    assert len(shown(signed_in.get(TRASH))) == 3


def test_rows_of_several_operations_at_once(signed_in: FlaskClient, john: User) -> None:
    page = send(signed_in, *deletions())
    assert "3 posts put back." in page.text
    assert "Nothing is deleted here." in page.text
    assert bodies() == ["one", "two", "three", "four"]


def test_one_of_a_deletion_of_many(signed_in: FlaskClient, john: User) -> None:
    page = send(signed_in, deletions()[1])
    assert "What else was changed by the deletion stays as it is." in page.text
    assert len(bodies()) == 2
    assert len(shown(page)) == 2


def test_what_stands_in_the_way_is_asked_about(signed_in: FlaskClient, john: User) -> None:
    users = [User(username=name, email=f"{name}@example.com") for name in ("mary", "anna", "last")]
    db.session.add_all(users)
    db.session.commit()
    for user in users[:2]:
        with operation("user:delete", table="user", selection=f"user {user.username}"):
            db.session.delete(user)
    db.session.add(User(username="mary", email="another@example.com"))
    db.session.commit()
    page = send(signed_in, *deletions("user"))
    assert page.status_code == 409
    assert "What stands in the way" in page.text
    assert "user “mary”" in page.text
    assert "Put back 1 user" in page.text
    assert db.session.scalar(select(User).where(User.username == "anna")) is None
    page = send(signed_in, *deletions("user"), leave_out="1")
    assert "1 user put back." in page.text
    assert "Left out: 1, another one has the same “Username”." in page.text
    assert db.session.scalar(select(User.email).where(User.username == "anna")) == "anna@example.com"


def test_where_nothing_can_be_put_back_nothing_is_offered(signed_in: FlaskClient, john: User) -> None:
    for id_ in db.session.scalars(select(Post.id)):
        db.session.execute(delete(Post).where(Post.id == id_))
    db.session.execute(text("DELETE FROM \"user\" WHERE username = 'john'"))
    db.session.commit()
    page = send(signed_in, deletions()[0])
    assert page.status_code == 409
    assert "So nothing can be put back." in page.text
    assert "Put back 0" not in page.text


def test_what_came_back_by_another_way_is_not_deleted(signed_in: FlaskClient, john: User) -> None:
    key = db.session.scalars(select(Change.row_key).where(Change.id == deletions()[0])).one()
    db.session.execute(text(f"INSERT INTO post (id, body) VALUES ({key}, 'again')"))
    db.session.commit()
    assert set(shown(signed_in.get(TRASH))) == {"two", "three"}


def test_what_is_not_kept_any_more_is_not_in_it(signed_in: FlaskClient, john: User) -> None:
    db.session.get_one(Change, deletions()[0]).before = None
    db.session.commit()
    assert set(shown(signed_in.get(TRASH))) == {"two", "three"}


def test_it_goes_on_by_pages(signed_in: FlaskClient, john: User) -> None:
    posts = [Post(body=f"post {number}") for number in range(60)]
    db.session.add_all(posts)
    db.session.commit()
    with operation("post:delete", table="post", selection="60 posts"):
        for post in posts:
            db.session.delete(post)
    page, seen = signed_in.get(TRASH), []
    while True:
        seen += shown(page)
        onward = re.search(r'href="([^"]+)"><span>Next', page.text)
        if onward is None:
            break
        page = signed_in.get(onward[1].replace("&amp;", "&"))
    assert len(seen) == len(set(seen)) == 63
    assert seen[-1] == "one"


def test_nothing_selected_is_no_success(signed_in: FlaskClient, john: User) -> None:
    others = select(Change.id).where(Change.action != "delete")
    assert "Nothing was selected, so nothing was done." in send(signed_in).text
    for changes in (["x", "-1"], [99999], list(db.session.scalars(others.limit(1)))):
        page = send(signed_in, *changes)
        assert page.status_code == 400
        assert f"There is no row {', '.join(f'“{one}”' for one in changes)}. Nothing was done." in page.text


def test_twice_is_no_failure(signed_in: FlaskClient, john: User) -> None:
    send(signed_in, deletions()[0])
    page = send(signed_in, deletions()[0])
    assert page.status_code == 409
    assert "There again already" in page.text
    assert bodies() == ["one", "four"]


def test_who_may_look_and_who_may_put_back(signed_in: FlaskClient, john: User) -> None:
    add_administrator("vera", "viewer")
    viewer = signed_in.application.test_client()
    sign_in(viewer, "vera")
    page = viewer.get(TRASH)
    assert page.status_code == 200
    assert "/admin/history/return/" not in page.text
    fields = {"csrf_token": token_of(page), "rowid": deletions()[0]}
    assert viewer.post("/admin/history/return/", data=fields).status_code == 403
    assert bodies() == ["four"]


def test_grants_come_back_only_by_those_who_administer(signed_in: FlaskClient, john: User) -> None:
    add_administrator("edith", "editor")
    editor = signed_in.application.test_client()
    sign_in(editor, "edith")
    table = Administrator.__tablename__
    with operation("administrator:grant", table=table, selection="john"):
        grant = Administrator(user_id=john.id, username="john", role="viewer")
        db.session.add(grant)
    with operation("administrator:revoke", table=table, selection="john"):
        db.session.delete(
            db.session.scalars(select(Administrator).where(Administrator.username == "john")).one()
        )
    address = f"/admin/history/trash/?table={table}"
    assert signed_in.get(address).status_code == 200
    assert editor.get(address).status_code == 403
    fields = {"csrf_token": token_of(editor.get(TRASH)), "rowid": deletions(table)[0]}
    assert editor.post("/admin/history/return/", data=fields).status_code == 403


@pytest.mark.parametrize(
    "query", ["table=nowhere", "table=backoffice_sign_in", "table=post&page=x", "page=1"]
)
def test_any_address_is_answered(signed_in: FlaskClient, john: User, query: str) -> None:
    assert signed_in.get(f"/admin/history/trash/?{query}").status_code in (200, 404)
