"""The history of all: what was done, by whom, to what; filtered, paged, and only for whom may see it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update

from backoffice import bulk, work
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Change, Operation, Post, Selection, User
from backoffice.work import lease, run_operation
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator
from tests.faults import make_read_only

HISTORY = "/admin/history/"
LINK = re.compile(r'href="/admin/history/details/\?id=(\d+)"')
START = datetime(2026, 3, 1, 12)


def write(**values: Any) -> int:
    """An operation as it stands in the record; gives its number."""
    row: dict[str, Any] = {"kind": "post:update", "actor_kind": "person", "actor_name": "john"}
    row |= {"table_name": "post", "changed_rows": 1, "expected_rows": 1, "started_at": START}
    act = Operation(**{**row, "finished_at": START, **values})
    db.session.add(act)
    db.session.commit()
    return act.id


def listed(client: FlaskClient, address: str = HISTORY) -> list[int]:
    """The operations that a list has, in its order."""
    return [int(found) for found in LINK.findall(client.get(address).text)]


@pytest.fixture
def other(app: Flask) -> FlaskClient:
    """A browser in which mary is signed in, who may only look."""
    add_administrator("mary", "viewer")
    client = app.test_client()
    sign_in(client, "mary")
    return client


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    """A browser in which edith is signed in, an editor."""
    add_administrator("edith", "editor")
    client = app.test_client()
    sign_in(client, "edith")
    return client


def operation_of(kind: str) -> Operation:
    db.session.rollback()
    newest = select(Operation).where(Operation.kind == kind).order_by(Operation.id.desc()).limit(1)
    return db.session.scalars(newest).one()


# The list


def test_what_was_done_stands_in_it_in_words_the_newest_first(signed_in: FlaskClient) -> None:
    submit(signed_in, "/admin/user/new/", username="john", email="john@example.com")
    john = db.session.scalars(select(User.id).where(User.username == "john")).one()
    submit(signed_in, f"/admin/user/edit/?id={john}", username="jon", email="john@example.com")
    page = signed_in.get(HISTORY).text
    assert page.index("Changed user “jon”") < page.index("Created user “john”")
    assert listed(signed_in)[:2] == [operation_of("user:update").id, operation_of("user:create").id]


def test_an_empty_history_says_so(app: Flask, signed_in: FlaskClient) -> None:
    assert "Nothing in history matches." in signed_in.get(f"{HISTORY}?person=nobody").text


@pytest.fixture
def some(signed_in: FlaskClient) -> dict[str, int]:
    """An operation of each sort, each on a day of its own."""
    day = timedelta(days=1)
    return {
        "edited": write(),
        "deleted": write(kind="post:delete", started_at=START + day, selection="3 posts"),
        "others": write(kind="user:delete", table_name="user", actor_name="zoë", started_at=START + 2 * day),
        "seeded": write(kind="seed", table_name=None, actor_kind="command", actor_name="manage.py seed"),
        "running": write(kind="post:edit", state="running", lease_until=utcnow(), started_at=START + 3 * day),
        "own": write(kind="post:body:replace", started_at=START + 4 * day),
    }


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("person=john", ["own", "running", "deleted", "edited"]),
        ("person=zo%C3%AB", ["others"]),
        ("person=jo", []),
        ("table=user&person=john", []),
        ("kind=delete", ["others", "deleted"]),
        ("kind=delete&table=post", ["deleted"]),
        ("kind=post:delete", ["deleted"]),
        ("kind=seed", ["seeded"]),
        ("kind=post:body:replace", ["own"]),
        ("state=running", ["running"]),
        ("state=anything", []),
        ("from=2026-03-03&until=2026-03-04", ["running", "others"]),
        ("until=2026-03-01&kind=update", ["edited"]),
        ("from=2026-03-05", ["own"]),
        ("from=yesterday", []),
        ("person=%01", []),
        ("kind=%01", []),
    ],
)
def test_filters(signed_in: FlaskClient, some: dict[str, int], arguments: str, names: Sequence[str]) -> None:
    numbers = {number: name for name, number in some.items()}
    found = [numbers[number] for number in listed(signed_in, f"{HISTORY}?{arguments}") if number in numbers]
    assert found == names


@pytest.mark.every_database
def test_days_are_those_of_the_readers_clocks(signed_in: FlaskClient, app: Flask) -> None:
    late = write(started_at=datetime(2026, 3, 1, 23, 30))
    assert listed(signed_in, f"{HISTORY}?from=2026-03-02&until=2026-03-02") == []
    signed_in.set_cookie("zone", "Europe/Madrid")
    assert listed(signed_in, f"{HISTORY}?from=2026-03-02&until=2026-03-02") == [late]


def test_a_mistake_is_said_and_leaves_nothing(signed_in: FlaskClient, some: dict[str, int]) -> None:
    page = signed_in.get(f"{HISTORY}?from=2026-13-77").text
    assert "There is no such time." in page
    assert "Nothing in history matches." in page


def test_what_was_left_empty_in_the_form_is_not_in_the_address(signed_in: FlaskClient) -> None:
    answer = signed_in.get(f"{HISTORY}?person=john&kind=&table=&from=&until=")
    assert answer.location == f"{HISTORY}?person=john"


def test_only_what_there_is_can_be_chosen(signed_in: FlaskClient, some: dict[str, int]) -> None:
    page = signed_in.get(HISTORY).text
    assert '<option value="delete">Deleted</option>' in page
    assert '<option value="post:body:replace">post:body:replace</option>' in page
    assert '<option value="post">Posts</option>' in page
    assert 'value="purge"' not in page


def test_what_was_undone_is_said(signed_in: FlaskClient) -> None:
    undone = write(kind="post:delete")
    write(kind="post:undo", undoes_id=undone, selection="Deleted 3 posts")
    page = signed_in.get(f"{HISTORY}?table=post").text
    assert "Undid: Deleted 3 posts" in page
    assert ">undone</span>" in page


@pytest.mark.every_database
@pytest.mark.parametrize("arguments", ["", "from=2026-02-01", "person=john"])
def test_it_is_paged_by_key(app: Flask, signed_in: FlaskClient, arguments: str) -> None:
    app.config["PAGE_SIZE"] = 10
    numbers = [write() for _ in range(25)]
    address, seen = f"{HISTORY}?table=post&{arguments}".rstrip("&"), list[int]()
    for _ in range(3):
        page = signed_in.get(address).text
        seen += [int(found) for found in LINK.findall(page)]
        following = re.search(r'href="([^"]+)"><span>Next', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == numbers[::-1]
    assert not address
    back = re.search(r'href="([^"]+)">[^>]*>[^>]*></svg> <span>Previous', page)
    assert back
    assert listed(signed_in, back[1].replace("&amp;", "&")) == numbers[5:15][::-1]


@pytest.mark.every_database
def test_its_cost_does_not_grow(signed_in: FlaskClient) -> None:
    def statements() -> int:
        seen: list[str] = []
        listener = lambda _c, _cur, statement, _v, _ctx, _many: seen.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        signed_in.get(HISTORY)
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    write()
    before = statements()
    for _ in range(30):
        write()
    assert statements() == before


# The page of one


def test_it_says_who_when_from_where_and_what(signed_in: FlaskClient) -> None:
    number = write(
        actor_name="somebody gone", address="203.0.113.9", request_id="f" * 32, selection="post hello",
        started_at=datetime(2026, 3, 1, 12, 30, 15),
    )  # fmt: skip
    page = signed_in.get(f"{HISTORY}details/?id={number}").text
    for words in (
        "somebody gone", "1 Mar 2026, 12:30:15", "203.0.113.9", "f" * 32,
        "Changed post “hello”", "post:update",
    ):  # fmt: skip
        assert words in page


@pytest.mark.every_database
def test_changes_are_shown_as_diffs_and_paged(signed_in: FlaskClient) -> None:
    number = write(kind="post:edit", changed_rows=25, expected_rows=25)
    rows = [
        {"operation_id": number, "table_name": "post", "row_key": str(1000 + i), "action": "update",
         "before": {"body": f"before {i:02}"}, "after": {"body": f"after {i:02}"}}
        for i in range(25)
    ]  # fmt: skip
    db.session.execute(insert(Change), rows)
    db.session.commit()
    page = signed_in.get(f"{HISTORY}details/?id={number}").text
    assert "before 00" in page
    assert "after 19" in page
    assert "before 20" not in page
    following = re.search(r'href="([^"]+after=\d+)#changes"', page)
    assert following
    rest = signed_in.get(following[1].replace("&amp;", "&")).text
    assert "before 20" in rest
    assert "after 24" in rest
    assert "before 19" not in rest
    assert "Next" not in rest


def test_what_it_undoes_and_what_undid_it_are_linked(signed_in: FlaskClient) -> None:
    one = write(kind="post:delete", selection="3 posts")
    two = write(kind="post:undo", selection="Deleted 3 posts", undoes_id=one)
    assert f"#{two}: Undid: Deleted 3 posts" in signed_in.get(f"{HISTORY}details/?id={one}").text
    assert f"#{one}: Deleted 3 posts" in signed_in.get(f"{HISTORY}details/?id={two}").text


def test_what_was_left_out_is_named_with_the_reason(signed_in: FlaskClient) -> None:
    report = {
        "left_out": {"changed": 30},
        "left_out_rows": [["post", str(n), "changed"] for n in range(1, 31)],
    }
    number = write(kind="post:delete", changed_rows=5, expected_rows=35, report=report)
    page = signed_in.get(f"{HISTORY}details/?id={number}").text
    assert "5 posts deleted. Left out: 30, changed meanwhile." in page
    assert page.count("changed meanwhile") == 21
    assert "and 10 more" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "failed", "report": {"error": "The database refused to go on."}}, "refused to go on."),
        ({"state": "cancelled", "cancel_by": "john"}, "Stopped by john. 3 of 9 rows were done;"),
        ({"state": "cancelled", "cancel_by": "john", "changed_rows": 0}, "Nothing was changed."),
        ({"report": {"effects": [["post.user_id", "cut", 2]]}, "table_name": "user"}, "1 user deleted."),
        ({"kind": "post:edit"}, "3 posts changed. 6 posts had these values already."),
    ],
)
def test_what_came_of_it(signed_in: FlaskClient, values: dict[str, Any], words: str) -> None:
    number = write(**{"kind": "post:delete", "changed_rows": 3, "expected_rows": 9, **values})
    assert words in signed_in.get(f"{HISTORY}details/?id={number}").text


@pytest.mark.parametrize("key", ["", "x", "0", "-1", "99999999", "9" * 30, "1,2", "%01"])
def test_what_is_not_there(signed_in: FlaskClient, key: str) -> None:
    for page in ("details", "progress"):
        assert signed_in.get(f"{HISTORY}{page}/?id={key}").status_code == 404


# Who may see what


def test_grants_are_for_administrators(app: Flask, signed_in: FlaskClient, other: FlaskClient) -> None:
    number = write(
        kind="administrator:grant", table_name="backoffice_administrator", selection="administrator x"
    )
    assert number in listed(signed_in)
    assert signed_in.get(f"{HISTORY}details/?id={number}").status_code == 200
    assert number not in listed(other)
    assert "Administrators" not in other.get(HISTORY).text
    for page in ("details", "progress"):
        assert other.get(f"{HISTORY}{page}/?id={number}").status_code == 403


def test_a_grant_that_went_along_is_for_administrators_too(
    signed_in: FlaskClient, other: FlaskClient
) -> None:
    number = write(kind="user:delete", table_name="user", changed_rows=2, expected_rows=2)
    rows = [
        {"operation_id": number, "table_name": table, "row_key": "7", "action": "delete", "before": before}
        for table, before in (
            ("backoffice_administrator", {"id": 7, "username": "jane", "role": "editor", "user_id": 9}),
            ("user", {"id": 9, "username": "jane", "email": "jane@example.com", "password_hash": "$2b$04$x"}),
        )
    ]
    db.session.execute(insert(Change), rows)
    db.session.commit()
    address = f"{HISTORY}details/?id={number}"
    assert "editor" in signed_in.get(address).text
    page = other.get(address).text
    assert "jane@example.com" in page
    assert "editor" not in page


def test_no_secret_is_ever_shown(signed_in: FlaskClient, susan: User) -> None:
    submit(signed_in, "/admin/user/new/", username="john", email="john@example.com")
    john = db.session.scalars(select(User).where(User.username == "john")).one()
    password = "a whole new password"
    submit(signed_in, f"/admin/user/password/?id={john.id}", password=password, again=password)
    db.session.refresh(john)
    assert john.password_hash
    hash_of_john = john.password_hash
    db.session.delete(john)
    db.session.commit()
    pages = [signed_in.get(HISTORY).text]
    for number in db.session.scalars(select(Operation.id)).all():
        pages += [signed_in.get(f"{HISTORY}{page}/?id={number}").text for page in ("details", "progress")]
    assert any("Set a password" in page for page in pages)
    for page in pages:
        assert "$2b$" not in page
        assert hash_of_john not in page
        assert password not in page
        assert "password_hash" not in page


def test_history_can_only_be_read(signed_in: FlaskClient, app: Flask) -> None:
    posted = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("history.") and rule.methods and "POST" in rule.methods
    }
    # Each stops an operation, or makes a new one.
    acting = {"cancel_view", "resume_view", "undo_view", "version_view", "return_view"}
    assert posted == {f"history.{name}" for name in acting}


def test_it_is_in_the_sidebar_and_in_the_palette(signed_in: FlaskClient, other: FlaskClient) -> None:
    for client in (signed_in, other):
        assert f'href="{HISTORY}"' in client.get("/admin/").text
        groups = client.get("/admin/palette/?query=hist").get_json()
        assert {"label": "History", "url": HISTORY} in groups[0]["targets"]


# While it is being done


@pytest.fixture
def waiting(app: Flask, signed_in: FlaskClient, susan: User) -> int:
    """A deletion of 120 posts, begun by susan, that waits for a worker."""
    app.config["BACKGROUND_ROWS"] = 100
    db.session.execute(insert(Post), [{"body": f"post {i}"} for i in range(120)])
    db.session.commit()
    question = submit(
        signed_in, "/admin/post/?page_size=10", "/admin/post/action/", action="delete", matching="all"
    )
    for number in lease.due(Selection):
        bulk.freeze(number)
    answer = submit(signed_in, question.location)
    act = operation_of("post:delete")
    assert answer.location == f"{HISTORY}details/?id={act.id}"
    return act.id


def progress(client: FlaskClient, number: int) -> dict[str, Any]:
    """How far it has come."""
    told: dict[str, Any] = client.get(f"{HISTORY}progress/?id={number}").get_json()
    return told


def test_the_page_of_what_is_being_done(signed_in: FlaskClient, waiting: int) -> None:
    page = signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert "Deleting 120 posts" in page
    assert '<progress max="120" value="0"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Undo…" not in page
    assert "Waiting for a worker." in page
    assert "Deleting 120 posts" in signed_in.get("/admin/").text


def test_how_far_it_has_come(signed_in: FlaskClient, waiting: int) -> None:
    now = utcnow()
    begun = {"began_at": now - timedelta(seconds=2), "heartbeat_at": now, "state": "running"}
    change(waiting, changed_rows=60, lease_until=now + timedelta(seconds=30), **begun)
    told = progress(signed_in, waiting)
    assert told == {
        "is_finished": False, "done": 60, "expected": 120, "percent": "50%", "rows": "60 of 120 rows",
        "pace": "30 rows a second", "left": "about 2 seconds left", "note": "", "waits": False,
    }  # fmt: skip


def test_it_is_not_all_until_it_is(signed_in: FlaskClient, waiting: int) -> None:
    change(waiting, changed_rows=119, expected_rows=120)
    assert progress(signed_in, waiting)["percent"] == "99%"


def test_nobody_at_work_is_said(signed_in: FlaskClient, waiting: int) -> None:
    change(waiting, lease_until=utcnow() - timedelta(seconds=11))
    assert "No worker is running" in progress(signed_in, waiting)["note"]
    write(kind="post:edit", state="running", lease_until=utcnow() + timedelta(seconds=20))
    assert "busy with other operations" in progress(signed_in, waiting)["note"]


def test_what_it_waits_for_is_said_with_a_button_to_go_on(signed_in: FlaskClient, waiting: int) -> None:
    later = utcnow() + timedelta(seconds=20)
    change(waiting, state="running", waits_for="no room", waits_since=utcnow(), lease_until=later)
    told = progress(signed_in, waiting)
    words = "The database is out of room: its disk is full. It goes on by itself as soon as it can."
    assert (told["note"], told["waits"]) == (words, True)
    page = signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert words in page
    assert 'action="/admin/history/resume/" data-progress-resume>' in page
    answer = submit(signed_in, f"{HISTORY}details/?id={waiting}", f"{HISTORY}resume/", id=waiting)
    assert answer.location == f"{HISTORY}details/?id={waiting}"
    assert work.lease.due(Operation) == [waiting]
    change(waiting, waits_for=None)
    page = signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert 'action="/admin/history/resume/" data-progress-resume hidden>' in page
    answer = submit(signed_in, f"{HISTORY}details/?id={waiting}", f"{HISTORY}resume/", id=waiting)
    assert "It does not wait for anything any more." in signed_in.get(answer.location).text


def test_its_reasons_are_in_the_readers_language(signed_in: FlaskClient, waiting: int) -> None:
    change(waiting, waits_for="read-only")
    spanish = {"Accept-Language": "es"}
    told = signed_in.get(f"{HISTORY}progress/?id={waiting}", headers=spanish).get_json()
    assert told["note"].startswith("La base de datos es de solo lectura en este momento.")


def test_that_nothing_can_be_noted_is_noticed_by_who_looks_on(signed_in: FlaskClient, waiting: int) -> None:
    now = utcnow()
    held = {"state": "running", "holder": "a worker", "lease_until": now + timedelta(seconds=20)}
    change(waiting, heartbeat_at=now - timedelta(seconds=5), **held)
    assert progress(signed_in, waiting)["note"] == ""
    if db.engine.dialect.name != "postgresql":
        return  # MariaDB's is a setting of the whole server, see tests/faults
    make_read_only()
    assert progress(signed_in, waiting)["note"].startswith("The database is read-only just now.")


def test_when_it_is_over_the_page_has_the_report(signed_in: FlaskClient, waiting: int) -> None:
    run_operation(waiting)
    assert progress(signed_in, waiting)["is_finished"] is True
    page = signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert "120 posts deleted." in page
    assert "http-equiv" not in page
    assert f'href="{HISTORY}undo/?id={waiting}"' in page


def cancel(client: FlaskClient, number: int) -> int:
    """Press the button, whether it is there or not; gives the status."""
    return submit(client, "/admin/account/", f"{HISTORY}cancel/", id=number).status_code


def test_whoever_began_it_can_stop_it(signed_in: FlaskClient, waiting: int) -> None:
    assert "Stop it" in signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert cancel(signed_in, waiting) == 303
    act = operation_of("post:delete")
    assert (act.state, act.cancel_by) == ("cancelled", "susan")
    page = signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert "Stopped by susan. Nothing was changed." in page
    assert cancel(signed_in, waiting) == 303
    assert "This was over already" in signed_in.get(HISTORY).text


def test_others_cannot(signed_in: FlaskClient, waiting: int, editor: FlaskClient, other: FlaskClient) -> None:
    for client in (editor, other):
        assert "Stop it" not in client.get(f"{HISTORY}details/?id={waiting}").text
        assert cancel(client, waiting) == 403
    assert operation_of("post:delete").cancel_at is None


def test_an_administrator_can(signed_in: FlaskClient, waiting: int, app: Flask) -> None:
    add_administrator("ruth", "administrator")
    ruth = app.test_client()
    sign_in(ruth, "ruth")
    assert cancel(ruth, waiting) == 303
    assert operation_of("post:delete").cancel_by == "ruth"


@pytest.mark.every_database
def test_what_is_being_done_is_stopped_with_the_next_chunk(signed_in: FlaskClient, waiting: int) -> None:
    until = utcnow() + timedelta(seconds=30)
    change(waiting, state="running", fence=1, holder="a worker", lease_until=until)
    cancel(signed_in, waiting)
    page = signed_in.get(f"{HISTORY}details/?id={waiting}").text
    assert "It stops at the end of what is being done now." in page
    assert "Stop it" not in page
    assert operation_of("post:delete").state == "running"


def change(number: int, **values: Any) -> None:
    """As a worker would."""
    db.session.execute(update(Operation).where(Operation.id == number).values(**values))
    db.session.commit()
