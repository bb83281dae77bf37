"""Keys that are wider in the database than in the models: what is done with other rows is done with these."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from backoffice.extensions import db
from backoffice.models import Change, Operation, User, integers_of
from tests.browsing import form_of

pytestmark = pytest.mark.every_database

# The first of the keys, beyond what the model's INTEGER holds; on MariaDB beyond any number with a sign.
FIRST = {"sqlite": 2**62, "postgresql": 3_000_000_123, "mariadb": 18_000_000_000_000_000_123}
# All of PostgreSQL's kinds that are wider.
KINDS = {"sqlite": ("integer",), "postgresql": ("bigint", "numeric(25)"), "mariadb": ("bigint unsigned",)}
WIDER = {
    "sqlite": "",
    "postgresql": """
        ALTER TABLE post ALTER id TYPE {kind}; ALTER TABLE "user" ALTER id TYPE {kind};
        ALTER TABLE post ALTER user_id TYPE {kind}""",
    "mariadb": """
        ALTER TABLE post DROP FOREIGN KEY post_ibfk_1; ALTER TABLE post MODIFY id {kind} AUTO_INCREMENT;
        ALTER TABLE post MODIFY user_id {kind}; ALTER TABLE "user" MODIFY id {kind} AUTO_INCREMENT;
        ALTER TABLE post ADD FOREIGN KEY (user_id) REFERENCES "user" (id)""",
}


def run(statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        db.session.execute(text(statement))
    db.session.commit()


@pytest.fixture(params=[0, 1])
def wide(request: pytest.FixtureRequest, signed_in: FlaskClient) -> int:
    """The key of ann, and of the first of three posts of hers."""
    kinds = KINDS[db.engine.dialect.name]
    if request.param >= len(kinds):
        pytest.skip("it has no other kind")
    key = FIRST[db.engine.dialect.name]
    run(WIDER[db.engine.dialect.name].format(kind=kinds[request.param]))
    run(f"""INSERT INTO "user" (id, username, email) VALUES ({key}, 'ann', 'ann@example.com')""")
    rows = ", ".join(f"({key + n}, 'post {n}', '2026-03-01 12:00:0{n}', {key})" for n in range(3))
    run(f"INSERT INTO post (id, body, timestamp, user_id) VALUES {rows}")
    return key


def posts() -> list[tuple[int, str, int | None]]:
    db.session.rollback()
    rows = db.session.execute(text("SELECT id, body, user_id FROM post ORDER BY id"))
    return [(int(row[0]), row[1], row[2] if row[2] is None else int(row[2])) for row in rows]


def opened(client: FlaskClient, address: str) -> TestResponse:
    page = client.get(address)
    assert page.status_code == 200, address
    return page


def sent(client: FlaskClient, page: TestResponse, to: str, **fields: Any) -> TestResponse:
    """Send a form of a page, and go where it leads."""
    address, form = form_of(page, to)
    answer = client.post(address, data=form | fields, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer


def shown(page: TestResponse) -> list[int]:
    """The posts that a list shows."""
    return sorted(map(int, re.findall(r'name="rowid" value="(\d+)"', page.text)))


def test_one_is_looked_at_and_edited(signed_in: FlaskClient, wide: int) -> None:
    assert "post 0" in opened(signed_in, f"/admin/post/details/?id={wide}").text
    assert "ann@example.com" in opened(signed_in, f"/admin/user/details/?id={wide}").text
    edit = opened(signed_in, f"/admin/post/edit/?id={wide}")
    assert 'value="ann"' in edit.text
    saved = sent(signed_in, edit, "/post/edit/", body="other", author="susan")
    assert "other was saved." in saved.text
    assert posts()[0][:2] == (wide, "other")
    back = sent(
        signed_in, opened(signed_in, f"/admin/post/edit/?id={wide}"), "/post/edit/", author=f"#{wide}"
    )
    assert "other was saved." in back.text
    assert posts()[0] == (wide, "other", wide)


def test_they_are_found(signed_in: FlaskClient, wide: int) -> None:
    everyone = [wide, wide + 1, wide + 2]
    for query, found in (
        (f"author_is=%23{wide}", everyone),
        ("author_is=ann", everyone),
        ("author_is_not=ann", []),
        ("search=post", everyone),
        ("sort=id", everyone),
        (f"sort=id&at={wide + 1}", everyone[1:]),
    ):
        assert shown(opened(signed_in, f"/admin/post/?{query}")) == found, query
    signed_in.application.config["PAGE_SIZE"] = 1
    first = opened(signed_in, "/admin/post/?sort=id")
    assert shown(first) == [wide]
    onward = re.findall(r'href="([^"]+)"><span>Next</span>', first.text)[0]
    assert shown(opened(signed_in, onward.replace("&amp;", "&"))) == [wide + 1]
    assert str(wide + 2) in opened(signed_in, "/admin/post/export/csv/").text
    lookup = opened(signed_in, f"/admin/post/ajax/lookup/?name=author&query=%23{wide}")
    assert "ann" in json.dumps(lookup.json)
    assert "post 1" in opened(signed_in, f"/admin/palette/?query=%23{wide + 1}").text


def test_ticked_rows_are_deleted_and_come_back(signed_in: FlaskClient, wide: int) -> None:
    before = posts()
    rows = opened(signed_in, "/admin/post/")
    question = sent(signed_in, rows, "/action/", action="delete", rowid=[str(wide), str(wide + 2)])
    assert "<h1>Delete 2 posts</h1>" in question.text
    done = sent(signed_in, question, "/selection/")
    assert [row[0] for row in posts()] == [wide + 1]
    assert "2 changes undone." in sent(signed_in, done, "/undo/").text
    assert posts() == before


def test_all_that_match_are_edited_deleted_and_put_back(signed_in: FlaskClient, wide: int) -> None:
    before = posts()
    rows = opened(signed_in, "/admin/post/?author_is=ann")
    question = sent(signed_in, rows, "/action/", action="edit", matching="1")
    preview = sent(signed_in, question, "/edit/", change="author", author="")
    done = sent(signed_in, preview, "/edit/", change="author", author="", previewed="1")
    assert {row[2] for row in posts()} == {None}
    sent(signed_in, done, "/undo/")
    assert posts() == before
    question = sent(signed_in, opened(signed_in, "/admin/post/"), "/action/", action="delete", matching="1")
    sent(signed_in, question, "/selection/")
    assert posts() == []
    trash = opened(signed_in, "/admin/history/trash/?table=post")
    changes = db.session.scalars(select(Change.id).where(Change.action == "delete")).all()
    sent(signed_in, trash, "/return/", rowid=list(changes))
    assert posts() == before


def test_what_refers_to_one_goes_along_and_comes_back(signed_in: FlaskClient, wide: int) -> None:
    before = posts()
    question = sent(
        signed_in, opened(signed_in, "/admin/user/"), "/action/", action="delete", rowid=[str(wide)]
    )
    assert "Posts that stay without author" in question.text
    fields = {"along:post.user_id": "delete", "seen": "post.user_id"}
    done = sent(signed_in, question, "/selection/", **fields)
    assert posts() == []
    sent(signed_in, done, "/undo/")
    assert posts() == before


def test_history_shows_them_and_puts_versions_back(signed_in: FlaskClient, wide: int) -> None:
    edit = opened(signed_in, f"/admin/post/edit/?id={wide}")
    sent(signed_in, edit, "/post/edit/", body="other", author="susan")
    assert "post 0" in opened(signed_in, f"/admin/history/record/?table=post&key={wide}").text
    for act in db.session.scalars(select(Operation.id)).all():
        opened(signed_in, f"/admin/history/details/?id={act}")
    change = db.session.scalars(select(Change.id).where(Change.row_key == str(wide))).one()
    version = opened(signed_in, f"/admin/history/version/?id={change}&side=before")
    sent(signed_in, version, "/version/", column=["body", "user_id"])
    assert posts()[0] == (wide, "post 0", wide)


def test_what_no_column_can_hold_is_nobodys_key(signed_in: FlaskClient, wide: int) -> None:
    for key in (2**63, 2**64, 2**64 - 1, 10**19, 10**30):
        if key != wide:
            assert signed_in.get(f"/admin/post/details/?id={key}").status_code == 404


def test_fields_take_what_the_columns_hold(app: Flask, wide: int) -> None:
    least, largest = integers_of(db.engine, User.__table__.c.id)  # type: ignore[arg-type]
    assert least <= wide <= largest
