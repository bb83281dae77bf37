"""A database that is away, read-only, full or refuses: pages say so in words, and what was typed is kept."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browsing import token_of
from tests.conftest import PASSWORD
from tests.faults import fill_up, make_read_only, refuse, take_away

AWAY = {"sqlite": "There is no database of this name.", "": "The database does not answer just now."}
PAGES = (
    *("/admin/", "/admin/user/", "/admin/user/new/", "/admin/user/edit/?id=1", "/admin/user/details/?id=1"),
    *("/admin/post/", "/admin/post/?search=x", "/admin/post/export/csv/", "/admin/user/ajax/lookup/"),
    *("/admin/history/", "/admin/history/trash/?table=post", "/admin/history/details/?id=1"),
    *("/admin/administrator/", "/admin/security/", "/admin/account/", "/admin/sessions/", "/admin/palette/"),
    *("/admin/second-factor/", "/login"),
)
FORMS = (
    *("/admin/user/new/", "/admin/user/edit/?id=1", "/admin/user/delete/", "/admin/user/action/"),
    *("/admin/history/undo/?id=1", "/admin/history/cancel/", "/admin/account/", "/logout"),
)
INSIDE = ("Traceback", "SELECT", "INSERT", "psycopg", "pymysql", "sqlite3", "127.0.0.1:1", "/no/such")


def check(answer: TestResponse, *words: str) -> None:
    assert answer.status_code == 503, answer.request.path
    assert int(answer.headers["Retry-After"]) > 0
    for expected in words:
        assert expected in answer.text, answer.request.path
    for inside in INSIDE:
        assert inside not in answer.text, answer.request.path


def dialect() -> str:
    return db.engine.dialect.name


def away_words() -> str:
    return AWAY.get(dialect(), AWAY[""])


# Away


def test_every_page_says_so(signed_in: FlaskClient) -> None:
    take_away()
    for address in PAGES:
        check(signed_in.get(address), away_words(), "Error 503")


def test_every_form_says_so(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/user/new/"))
    take_away()
    for address in FORMS:
        answer = signed_in.post(address, data={"csrf_token": token, "body": "typed & kept"})
        check(answer, away_words(), "typed &amp; kept", "Nothing was changed")


def test_scripts_get_it_as_json(signed_in: FlaskClient) -> None:
    take_away()
    answer = signed_in.get("/admin/user/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json is not None
    assert answer.json["error"]["message"].startswith(away_words())


def test_what_was_sent_can_be_sent_again_with_one_button(signed_in: FlaskClient) -> None:
    (number,) = made_posts("old")
    address = f"/admin/post/edit/?id={number}"
    page = signed_in.get(address)
    sent = {name: text for name, text in hidden(page).items() if name != "url"}
    with_typed = {**sent, "body": 'typed "so"\nand on'}
    engine = db.engine
    take_away()
    answer = signed_in.post(address, data=with_typed)
    check(answer, "Try again", "What you typed is kept", "<dt>body</dt>")
    again = hidden(answer)
    assert again["body"] == with_typed["body"]
    assert again.keys() >= sent.keys()
    db.engines[None] = engine  # type: ignore[index]
    assert signed_in.post(address, data=again).status_code == 303
    assert db.session.scalars(select(Post.body)).one().split() == ["typed", '"so"', "and", "on"]


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden inputs of the last form of a page."""
    form = page.text.rpartition('<form method="post"')[2]
    if '<form class="card form' in page.text:
        form = page.text.rpartition('<form class="card form')[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: text.replace("&#34;", '"').replace("&amp;", "&") for name, text in found}


def test_a_password_is_never_repeated(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/account/"))
    take_away()
    fields = {
        "csrf_token": token,
        "current_password": PASSWORD,
        "new_password": "another-secret",
        "again": "x",
    }
    answer = signed_in.post("/admin/account/", data=fields)
    check(answer, "Back to the form")
    assert PASSWORD not in answer.text
    assert "another-secret" not in answer.text
    proof = {"csrf_token": token, "proof_password": PASSWORD, "proof_code": "123456", "id": "1"}
    answer = signed_in.post("/admin/user/delete/", data=proof)
    check(answer)
    assert PASSWORD not in answer.text
    assert "123456" not in answer.text


def test_what_came_without_a_token_is_not_offered_to_be_sent(signed_in: FlaskClient) -> None:
    take_away()
    answer = signed_in.post("/admin/user/new/", data={"username": "planted"})
    check(answer)
    assert not hidden(answer)


def test_signing_in_keeps_the_name(app: Flask, client: FlaskClient, susan: User) -> None:
    token = token_of(client.get("/login"))
    take_away()
    sent = {"csrf_token": token, "username": "susan", "password": PASSWORD}
    answer = client.post("/login", data=sent)
    check(answer, away_words(), 'value="susan"', 'type="password"')
    assert PASSWORD not in answer.text


def test_signing_in_keeps_the_name_in_a_browser_that_was_signed_in(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/account/"))
    take_away()
    answer = signed_in.post("/login", data={"csrf_token": token, "username": "john", "password": PASSWORD})
    check(answer, away_words(), 'value="john"')


# Read-only


def test_read_only_pages_can_be_read_and_forms_say_so(signed_in: FlaskClient) -> None:
    page = signed_in.get("/admin/user/new/")
    make_read_only()
    fields = {"csrf_token": token_of(page), "username": "john", "email": "john@example.com"}
    answer = signed_in.post("/admin/user/new/", data={**hidden(page), **fields})
    check(answer, "The database is read-only just now.", 'value="john"', 'id="sidebar"')
    assert signed_in.get("/admin/user/").status_code == 200


def test_nobody_signs_in_where_it_is_read_only(app: Flask, client: FlaskClient, susan: User) -> None:
    token = token_of(client.get("/login"))
    make_read_only()
    answer = client.post("/login", data={"csrf_token": token, "username": "susan", "password": PASSWORD})
    check(answer, "The database is read-only just now.", 'value="susan"')


def test_a_question_about_rows_is_kept_too(signed_in: FlaskClient) -> None:
    rows = made_posts("one", "two")
    token = token_of(signed_in.get("/admin/post/"))
    ticked = {"csrf_token": token, "action": "edit", "rowid": rows}
    asked = signed_in.post("/admin/post/action/", data=ticked)
    assert asked.status_code == 303
    sent = {"change": "author", "author": "susan", "previewed": "1"}
    make_read_only()
    answer = signed_in.post(asked.location, data={**sent, "csrf_token": token})
    check(answer, "The database is read-only just now.", 'id="sidebar"', 'name="author" value="susan"')
    answer = signed_in.post("/admin/post/action/", data=ticked)
    check(answer, *(f'name="rowid" value="{row}"' for row in rows))


def made_posts(*bodies: str) -> list[int]:
    """The numbers of new posts."""
    db.session.execute(insert(Post), [{"body": body} for body in bodies])
    db.session.commit()
    numbers = list(db.session.scalars(select(Post.id).order_by(Post.id)))
    db.session.rollback()
    return numbers


# Whatever else a server says


CODES: dict[str, dict[str | int, str]] = {
    "postgresql": {
        "53300": "The database takes no more connections just now.",
        "25006": "The database is read-only just now.",
        "53100": "The database is out of room",
        "57P03": "The database does not answer just now.",
        "57014": "This takes the database longer than a statement may.",
        "42501": "The database does not allow the console to do this.",
        "53400": "A limit that is set for the database stands in the way.",
    },
    "mariadb": {
        1020: "The database is busy.",
        1040: "The database takes no more connections just now.",
        1053: "The database does not answer just now.",
        1290: "The database is read-only just now.",
        1021: "The database is out of room",
        1142: "The database does not allow the console to do this.",
        1969: "This takes the database longer than a statement may.",
    },
}


@pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)
def test_every_class_of_error_has_its_words(signed_in: FlaskClient) -> None:
    engine = db.engine
    token = token_of(signed_in.get("/admin/post/new/"))
    for code, words in CODES[dialect()].items():
        db.engines[None] = engine.execution_options()  # type: ignore[index]
        refuse(code, "post")
        check(signed_in.get("/admin/post/details/?id=1"), words, 'id="sidebar"', "Error 503")
        answer = signed_in.post("/admin/post/new/", data={"csrf_token": token, "body": "typed"})
        check(answer, words, 'id="sidebar"', "typed")


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_what_a_row_does_is_no_fault_of_the_database(signed_in: FlaskClient) -> None:
    refuse("P0001", "post")
    answer = signed_in.get("/admin/post/details/?id=1")
    assert answer.status_code == 409
    assert "breaks one of the table&#39;s own rules" in answer.text


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_full_disk(signed_in: FlaskClient) -> None:
    page = signed_in.get("/admin/user/new/")
    fill_up()
    fields = {"csrf_token": token_of(page), "username": "john", "email": "john@example.com"}
    answer = None
    for number in range(400):
        fields["username"] = f"john{number}" + "x" * 50
        fields["email"] = f"{'y' * 60}{number}@example.com"
        answer = signed_in.post("/admin/user/new/", data={**hidden(page), **fields})
        if answer.status_code != 303:
            break
    assert answer is not None
    check(answer, "The database is out of room", fields["username"])
    assert signed_in.get("/admin/user/").status_code == 200
