"""The first page: numbers, the chart, what is new and what was changed."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from backoffice.clock import utcnow
from backoffice.console.presenters.chart import daily_chart
from backoffice.console.presenters.operation_labels import operation_label
from backoffice.extensions import db
from backoffice.listing import Day
from backoffice.models import Operation, Post, User
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator


@pytest.mark.every_database
def test_the_chart_says_what_its_table_says(signed_in: FlaskClient, susan: User) -> None:
    db.session.execute(insert(Post), [{"body": "Post", "timestamp": utcnow()} for _ in range(3)])
    db.session.commit()
    page = signed_in.get("/admin/").text
    assert page.count('class="chart-bar"') == page.count('<th scope="row">') == 30
    today = utcnow()
    assert f"<title>{today.day} {today:%b}: 3</title>" in page
    assert f"3 posts in 30 days; the most on {today.day} {today:%b}: 3" in page
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', page)
    assert rows[0][1] == "3"
    assert {count for _, count in rows[1:]} == {"0"}


def test_an_empty_console_has_a_chart_too(signed_in: FlaskClient) -> None:
    page = signed_in.get("/admin/").text
    assert "0 posts in 30 days" in page
    assert "There are none yet." in page


def test_bars_stand_on_the_ground_and_end_below_the_top(app: Flask) -> None:
    today = utcnow().date()
    with app.test_request_context():
        chart = daily_chart([Day(today, 0), Day(today, 1), Day(today, 3700)])
    assert chart.top == "4,000"
    assert [bar.height for bar in chart.bars] == [0, 1.5, 92.5]
    assert all(bar.y + bar.height == 100 for bar in chart.bars)


def test_the_latest_changes_are_told_in_words(signed_in: FlaskClient) -> None:
    submit(signed_in, "/admin/user/new/", username="john", email="john@example.com")
    page = signed_in.get("/admin/").text
    assert "Created user “john”" in page
    assert ">susan</span>" in page
    act = db.session.scalars(select(Operation.id).where(Operation.kind == "user:create")).one()
    assert f'href="/admin/history/details/?id={act}"' in page


@pytest.mark.parametrize(
    ("kind", "selection", "words"),
    [
        ("user:password:change", None, "Set a password: 5 users"),
        ("post:delete", "3 posts", "Deleted 3 posts"),
        ("seed", "5 users, 0 posts", "Added sample data: 5 users and 0 posts"),
        ("user:orm", None, "Changed 5 users"),
        ("post:edit", "3 posts", "Changed 3 posts"),
        ("post:undo", "Deleted 3 posts", "Undid: Deleted 3 posts"),
        ("post:delete:undo", "Deleted 3 posts", "Undid: Deleted 3 posts"),
        ("post:body:replace", None, "post:body:replace, 5 users"),
    ],
)
def test_every_kind_has_words(app: Flask, kind: str, selection: str | None, words: str) -> None:
    act = Operation(kind=kind, selection=selection, changed_rows=5, table_name="user")
    with app.test_request_context():
        assert operation_label(act) == words


def test_who_may_not_administer_sees_no_grants(app: Flask, client: FlaskClient) -> None:
    susan = add_administrator("susan", "administrator")
    mary = User(username="mary", email="mary@example.com")
    mary.set_password("correct horse battery")
    db.session.add(mary)
    db.session.commit()
    sign_in(client, susan.username)
    submit(client, "/admin/administrator/grant/", username="mary", role="viewer")
    assert "Gave access to “mary”" in client.get("/admin/").text
    other = app.test_client()
    sign_in(other, "mary")
    assert "Gave access" not in other.get("/admin/").text


@pytest.mark.every_database
@pytest.mark.usefixtures("susan")
def test_its_cost_does_not_grow(signed_in: FlaskClient) -> None:
    def statements() -> int:
        seen: list[str] = []
        listener = lambda _c, _cur, statement, _v, _ctx, _many: seen.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        signed_in.get("/admin/")
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    before = statements()
    db.session.execute(insert(User), [{"username": f"u{n}", "email": f"u{n}@x.org"} for n in range(50)])
    db.session.execute(insert(Post), [{"body": "Post", "timestamp": utcnow()} for _ in range(50)])
    db.session.commit()
    assert statements() == before
