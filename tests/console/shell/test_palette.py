"""Going to anything by typing."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from backoffice.console.records import quick_search
from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browsing import sign_in
from tests.conftest import add_administrator


@pytest.fixture
def rows(susan: User) -> list[int]:
    """People called alike, and posts."""
    people = [{"username": f"mina.{n}", "email": f"m{n}@example.com"} for n in range(7)]
    people += [{"username": "Zoë", "email": "z@example.org"}, {"username": "Mina", "email": "other@x.org"}]
    db.session.execute(insert(User), people)
    posts = [{"body": f"A walk to lighthouse {n}", "user_id": susan.id} for n in range(3)]
    db.session.execute(insert(Post), [*posts, {"body": "100%_sure", "user_id": None}])
    db.session.commit()
    return list(db.session.scalars(db.select(Post.id).order_by(Post.id)))


def ask(client: FlaskClient, query: str) -> dict[str, list[Any]]:
    answer = client.get("/admin/palette/", query_string={"query": query})
    assert answer.status_code == 200
    return {group["label"]: group["targets"] for group in answer.get_json()}


def labels(client: FlaskClient, query: str, group: str) -> list[str]:
    return [target["label"] for target in ask(client, query).get(group, [])]


@pytest.mark.every_database
@pytest.mark.usefixtures("rows")
def test_users_by_name_and_address(signed_in: FlaskClient) -> None:
    found = labels(signed_in, "mina", "Users")
    assert found[0] == "Mina"
    assert len(found) == 6
    assert found[-1] == "All users with “mina”"
    assert labels(signed_in, "m3@", "Users")[0] == "mina.3"
    assert labels(signed_in, "ZOË", "Users")[0] == "Zoë"
    assert labels(signed_in, "ina.4", "Users")[0] == "mina.4"


@pytest.mark.every_database
def test_posts_by_what_they_say_and_anything_by_number(signed_in: FlaskClient, rows: list[int]) -> None:
    found = labels(signed_in, "walk lighthouse", "Posts")
    assert found[:3] == [f"A walk to lighthouse {number}" for number in (2, 1, 0)]
    assert len(found) == 4
    assert labels(signed_in, "%s%", "Posts")[0] == "All posts with “%s%”"
    assert labels(signed_in, "100%_", "Posts")[0] == "100%_sure"
    (target,) = ask(signed_in, f"#{rows[0]}")["Posts"]
    assert target["url"] == f"/admin/post/details/?id={rows[0]}"
    assert signed_in.get(target["url"]).status_code == 200


def test_pages_and_actions(signed_in: FlaskClient) -> None:
    everything = ask(signed_in, "")
    assert everything.keys() == {"Pages", "Actions"}
    pages = {target["label"] for target in everything["Pages"]}
    records, access = {"Users", "Posts"}, {"Administrators", "Security log", "Your account"}
    assert pages == {"Dashboard", "History", "Trash"} | records | access
    for target in (*everything["Pages"], *everything["Actions"]):
        if "url" in target:
            assert signed_in.get(target["url"]).status_code == 200
    assert labels(signed_in, "NEW po", "Actions") == ["New post"]


def test_every_button_that_it_presses_is_on_the_page(signed_in: FlaskClient) -> None:
    page = signed_in.get("/admin/").text
    for target in ask(signed_in, "")["Actions"]:
        assert "url" in target or f'id="{target["button"]}"' in page


@pytest.mark.every_database
@pytest.mark.parametrize("query", ["\x01", "x" * 1000, "#99999999999999999999", "#", "%", "'\"", "/", " "])
def test_anything_can_be_typed(signed_in: FlaskClient, query: str) -> None:
    ask(signed_in, query)


def test_who_may_only_look_is_offered_nothing_else(app: Flask, client: FlaskClient) -> None:
    add_administrator("mary", "viewer")
    sign_in(client, "mary")
    everything = ask(client, "")
    assert "Administrators" not in {target["label"] for target in everything["Pages"]}
    offered = [target["label"] for target in everything["Actions"]]
    assert not [label for label in offered if label.startswith(("New", "Export"))]


def test_strangers_are_told_nothing(client: FlaskClient) -> None:
    answer = client.get("/admin/palette/?query=a", headers={"Accept": "application/json"})
    assert answer.status_code == 401


@pytest.mark.every_database
def test_without_a_search_index_no_fragment_is_sought_beyond_the_newest(
    signed_in: FlaskClient, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_search, "NEWEST", 2)
    newest = ["A walk to lighthouse 2"]
    others = (
        [] if db.engine.dialect.name == "mariadb" else ["A walk to lighthouse 1", "A walk to lighthouse 0"]
    )
    assert labels(signed_in, "lighthouse", "Posts") == [*newest, *others, "All posts with “lighthouse”"]


@pytest.mark.usefixtures("rows")
def test_on_sqlite_no_statement_reads_a_whole_table(signed_in: FlaskClient) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("plans are worded by each database in its own way; the conditions are the same")
    seen: list[tuple[str, Any]] = []
    listener = lambda _c, _cur, statement, values, _ctx, _many: seen.append((statement, values))  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    ask(signed_in, "lighthouse")
    event.remove(db.engine, "before_cursor_execute", listener)
    sought = [one for one in seen if "LIMIT" in one[0]]
    assert len(sought) >= 6
    for statement, values in sought:
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert not [
            row[3] for row in plan if re.match("SCAN (?!CONSTANT|anon_|.* VIRTUAL TABLE INDEX)", row[3])
        ]
