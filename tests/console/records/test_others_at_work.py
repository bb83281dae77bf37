"""What goes on behind the pages is said where rows are chosen, and can be waited for."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from backoffice import bulk, undo
from backoffice.bulk import SavedQuery
from backoffice.extensions import db
from backoffice.models import Administrator, Operation, Post, Selection, User
from backoffice.work import at_work_on, run_operation
from tests.browsing import token_of

# A worker begins with a thousand.
ROWS = 3_000


@pytest.fixture
def undoing(app: Flask, signed_in: FlaskClient) -> Operation:
    """The undo of a deletion of most posts, which a worker has brought a third of back."""
    app.config["BACKGROUND_ROWS"] = 100
    john = User(username="john", email="john@example.com")
    db.session.add(john)
    db.session.flush()
    rows = [{"body": f"post {n}", "user_id": john.id if n % 10 else None} for n in range(ROWS)]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    act_id = delete_all("post", ("author_is", "john"))
    run_operation(act_id)
    act = undo.undo(db.session.get_one(Operation, act_id))
    stop_after_a_chunk(act.id)
    return db.session.get_one(Operation, act.id)


def delete_all(table: str, *filters: tuple[str, str], cascade: tuple[str, ...] = ()) -> int:
    susan = db.session.scalars(select(Administrator)).first()
    assert susan is not None
    selection = bulk.choose_matching(susan.id, table, SavedQuery(filters, "", "UTC"))
    return bulk.delete(selection, cascade).id


def stop_after_a_chunk(act_id: int) -> None:
    chunks = iter([False, True])
    run_operation(act_id, lambda: next(chunks, True))
    db.session.expire_all()


def choose(client: FlaskClient, action: str, address: str = "/admin/post/", **fields: object) -> str:
    """Choose all that match, or ticked rows; gives the address of the page that asks."""
    token = token_of(client.get(address))
    sent = {"csrf_token": token, "action": action, **(fields or {"matching": "1"})}
    return client.post(f"{address}action/", data=sent).location


def link(page: str, words: str) -> str:
    found = re.search(rf'href="([^"]+)">{words}</a>', page)
    assert found, page
    return unescape(found[1])


def there() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Post)) or 0


@pytest.mark.parametrize(("action", "title"), [("delete", "Delete"), ("edit", "Edit")])
def test_the_question_names_it_and_waits_if_wished(
    signed_in: FlaskClient, undoing: Operation, action: str, title: str
) -> None:
    address = choose(signed_in, action)
    then = there()
    assert then < ROWS
    page = unescape(signed_in.get(address).text)
    assert f"<h1>{title} {then:,} posts</h1>" in page
    assert "Other work on posts is going on:" in page
    assert f'details/?id={undoing.id}">Undoing: Deleted 2,700 posts (Author is john)</a>' in page
    assert 'http-equiv="refresh"' not in page
    waiting = link(page, "Wait until it is over")
    page = signed_in.get(waiting).text
    assert 'http-equiv="refresh" content="1"' in page
    assert "Waiting for the end of it." in page
    assert "btn-danger" not in page
    assert "See what changes" not in page
    assert signed_in.get(link(page, "Do not wait")).status_code == 200
    run_operation(undoing.id)
    answer = signed_in.get(waiting)
    assert answer.status_code == 303
    page = signed_in.get(answer.location).text
    assert there() == ROWS
    assert f"<h1>{title} {ROWS:,} posts</h1>" in page
    assert "Other work" not in page


def test_ticked_rows_stay_what_they_are(signed_in: FlaskClient, undoing: Operation) -> None:
    key = db.session.scalars(select(Post.id)).first()
    waiting = link(signed_in.get(choose(signed_in, "delete", rowid=[str(key)])).text, "Wait until it is over")
    run_operation(undoing.id)
    page = signed_in.get(waiting, follow_redirects=True).text
    assert "<h1>Delete 1 post</h1>" in page


def test_what_waits_is_not_chosen_anew_once_it_is_used(signed_in: FlaskClient, undoing: Operation) -> None:
    waiting = link(signed_in.get(choose(signed_in, "delete")).text, "Wait until it is over")
    run_operation(undoing.id)
    selection = db.session.scalars(select(Selection).order_by(Selection.id.desc())).first()
    assert selection is not None
    selection.operation_id = undoing.id
    db.session.commit()
    answer = signed_in.get(waiting)
    assert answer.status_code == 303
    assert answer.location == "/admin/post/"


def test_what_goes_on_elsewhere_is_named_where_it_reaches(signed_in: FlaskClient, undoing: Operation) -> None:
    assert at_work_on(db.session(), "user") == []
    run_operation(undoing.id)
    act_id = delete_all("user", ("username_equals", "john"), cascade=("post.user_id",))
    stop_after_a_chunk(act_id)
    for table in ("user", "post"):
        assert [act.id for act in at_work_on(db.session(), table)] == [act_id]
    assert "Deleting user “john”" in unescape(signed_in.get(choose(signed_in, "delete")).text)
