"""The main job as a guest: on the database of the published microblog, over HTTP, on each database."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import MetaData, Table, func, select
from werkzeug.security import check_password_hash
from werkzeug.test import TestResponse

from backoffice.extensions import db
from tests import microblog
from tests.browsing import submit, token_of
from tests.conftest import let_go, made_app
from tests.databases import Templates, copied_database

pytestmark = pytest.mark.every_database

CONSOLE_PASSWORD = "a password for the console"


Version = Callable[[], MetaData]


@pytest.fixture(params=[microblog.first_chapter, microblog.last_version])
def version(request: pytest.FixtureRequest) -> Version:
    """The microblog at its beginning and at its end."""
    version: Version = request.param
    return version


@pytest.fixture
def tables(version: Version) -> MetaData:
    """The microblog's own tables."""
    return version()


@pytest.fixture
def guest(kind: str, version: Version, templates: Templates, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser in which susan is signed in, on the microblog's database that the console has adopted."""
    template = templates.address(kind, version.__name__, partial(adopt, version()))
    with copied_database(template, tmp_path) as url:
        app = made_app(url)
        with app.app_context():
            client = app.test_client()
            assert submit(client, "/login", username="susan", password=CONSOLE_PASSWORD).status_code == 303
            yield client
            db.session.remove()
            db.engine.dispose()


def adopt(tables: MetaData, database_url: str) -> None:
    """Fill the microblog's database, and let the console in, with susan."""
    app = made_app(database_url)
    with app.app_context():
        with db.engine.begin() as connection:
            tables.create_all(connection)
            microblog.fill(connection, tables)
        upgrade()
        made = app.test_cli_runner().invoke(
            args=["create-admin", "susan", "susan@example.com", "--password-stdin"],
            input=f"{CONSOLE_PASSWORD}\n",
        )
        assert made.exit_code == 0, made.output
        let_go()


def hashes(user: Table) -> dict[int, str]:
    rows = {row.id: row.password_hash for row in db.session.execute(select(user.c.id, user.c.password_hash))}
    db.session.rollback()
    return rows


def key_of(client: FlaskClient, username: str) -> str:
    page = client.get("/admin/user/", query_string={"username_equals": username})
    found: list[str] = re.findall(r'name="rowid" value="(\d+)"', page.text)
    return found[0] if found else ""


def ask(client: FlaskClient, key: str) -> TestResponse:
    fields = {"csrf_token": token_of(client.get("/admin/user/")), "action": "delete", "rowid": key}
    return client.post("/admin/user/action/", data=fields, follow_redirects=True)


def answer(client: FlaskClient, question: TestResponse) -> TestResponse:
    """Choose to delete along whatever can be, and confirm."""
    fields: dict[str, object] = dict.fromkeys(re.findall(r'name="(along:[^"]+)"', question.text), "delete")
    fields["seen"] = re.findall(r'name="seen" value="([^"]+)"', question.text)
    fields["csrf_token"] = token_of(question)
    return client.post(question.request.path, data=fields, follow_redirects=True)


def test_the_applications_own_password_does_not_open_the_console(guest: FlaskClient) -> None:
    stranger = guest.application.test_client()
    token = token_of(stranger.get("/login"))
    fields = {"csrf_token": token, "username": "susan", "password": microblog.PASSWORDS["susan"]}
    assert stranger.post("/login", data=fields).status_code == 401


def test_editing_leaves_everything_else_alone(guest: FlaskClient, tables: MetaData) -> None:
    user = tables.tables["user"]
    before, key = hashes(user), key_of(guest, "john")
    whole = db.session.execute(select(user).where(user.c.id == int(key))).one()._asdict()
    saved = submit(guest, f"/admin/user/edit/?id={key}", username="johnny", email=whole["email"])
    assert saved.status_code == 303
    db.session.rollback()
    now = db.session.execute(select(user).where(user.c.id == int(key))).one()._asdict()
    assert now == {**whole, "username": "johnny"}
    assert hashes(user) == before
    assert all(
        check_password_hash(before[n], p)
        for n, p in zip(sorted(before), microblog.PASSWORDS.values(), strict=False)
    )


def test_a_post_needs_an_author_where_the_table_says_so(guest: FlaskClient) -> None:
    refused = submit(guest, "/admin/post/new/", body="by nobody", author="")
    assert refused.status_code == 422
    assert 'id="author-error"' in refused.text
    assert submit(guest, "/admin/post/new/", body="by mary", author="mary").status_code == 303


def test_a_user_goes_with_all_that_refers_to_them_or_not_at_all(guest: FlaskClient, tables: MetaData) -> None:
    key = key_of(guest, "john")
    question = ask(guest, key)
    assert "The database would refuse" in question.text
    keeping = {
        "csrf_token": token_of(question),
        "seen": re.findall(r'name="seen" value="([^"]+)"', question.text),
    }
    kept = guest.post(question.request.path, data=keeping)
    assert kept.status_code == 409
    assert key_of(guest, "john") == key
    done = answer(guest, question)
    assert "1 user deleted." in done.text
    assert key_of(guest, "john") == ""
    for table in tables.tables.values():
        for column in table.c:
            if any(foreign.column is tables.tables["user"].c.id for foreign in column.foreign_keys):
                left = db.session.scalar(select(func.count()).select_from(table).where(column == int(key)))
                assert left == 0, column
    assert (
        db.session.scalar(select(func.count()).select_from(tables.tables["user"]))
        == len(microblog.PASSWORDS) - 1
    )


def test_a_password_over_a_foreign_one_is_warned_of(guest: FlaskClient) -> None:
    page = guest.get("/admin/user/password/", query_string={"id": key_of(guest, "john")})
    assert "no longer be able to sign in" in page.text
