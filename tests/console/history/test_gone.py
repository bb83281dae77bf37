"""What is said of rows whose author, shelf or port is gone: the name it had, and the way to bring it back."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import ForeignKey, String, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from werkzeug.test import TestResponse

from backoffice.console.records import RecordView
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Change, Operation, Post, User
from backoffice.permissions import ROLES
from backoffice.permissions.roles import Role, allow
from backoffice.retention import redact
from tests.browsing import sign_in, submit, token_of
from tests.conftest import add_administrator


class Base(DeclarativeBase):
    """Apart from the models of the console, which `db check` looks at."""


class Port(Base):
    __tablename__ = "port"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    place: Mapped[str | None] = mapped_column(String(40))


class Ship(Base):
    """Its table has no rule that its port is there."""

    __tablename__ = "ship"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    port_code: Mapped[str | None] = mapped_column(String(20))
    port: Mapped[Port | None] = relationship(
        primaryjoin="foreign(Ship.port_code) == Port.code", viewonly=False
    )


class Berth(Base):
    """Its table has such a rule."""

    __tablename__ = "berth"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    port_code: Mapped[str | None] = mapped_column(ForeignKey("port.code"))
    port: Mapped[Port | None] = relationship()


class Crane(Base):
    """Its view shows the key of its port only."""

    __tablename__ = "crane"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    port_code: Mapped[str | None] = mapped_column(ForeignKey("port.code"))


class CraneView(RecordView):
    column_list = ("id", "name", "port_code")
    form_columns = ("name",)
    name_column = "name"


class PortView(RecordView):
    column_list = ("code", "place")
    form_columns = ("code", "place")
    name_column = "place"


class ShipView(RecordView):
    column_list = ("id", "name", "port")
    form_columns = ("name", "port")
    relation_labels = {"port": "place"}
    column_labels = {"port": "Home port"}
    name_column = "name"


class BerthView(ShipView):
    """The same columns."""


def kept(*rows: object) -> None:
    """Rows that the console makes, and so knows."""
    with operation("test:create", table="post"):
        db.session.add_all(rows)


def deleted(row: object) -> None:
    with operation("test:delete", table="post"):
        db.session.delete(row)


def without_rules(statement: str) -> None:
    """What an application does behind the console's back, where the database has no rule against it."""
    rules, none = {
        "sqlite": ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF"),
        "mariadb": ("SET foreign_key_checks = 1", "SET foreign_key_checks = 0"),
        "postgresql": ("SET session_replication_role = origin", "SET session_replication_role = replica"),
    }[db.engine.dialect.name]
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if db.engine.dialect.name == "sqlite":  # a transaction that has begun keeps its rules
            connection.exec_driver_sql("ROLLBACK")
        for one in (none, statement, rules):
            connection.exec_driver_sql(one)


def address(table: str, key: object) -> str:
    return f"/admin/history/record/?{urlencode({'table': table, 'key': key})}"


def linked(table: str, key: object, words: str) -> re.Pattern[str]:
    """These words, as they lead to the history of a row."""
    url = escape(address(table, key))
    return re.compile(rf'<a href="{re.escape(url)}">(<span[^>]*>)?{re.escape(words)}(</span>)?</a>')


@pytest.fixture
def john(signed_in: FlaskClient) -> User:
    john = User(username="john", email="john@example.com", password_hash="$2b$secret-of-john")
    kept(john)
    return john


@pytest.fixture
def lonely(john: User) -> tuple[Post, str]:
    """A post whose author was deleted by the application, which forgot the post; and the author's key."""
    post = Post(body="alone", user_id=john.id)
    kept(post)
    key = str(john.id)
    without_rules(f'DELETE FROM "user" WHERE id = {key}'.replace('"', quote()))
    return post, key


def quote() -> str:
    return "`" if db.engine.dialect.name == "mariadb" else '"'


def pages_of(post: Post) -> list[str]:
    """Where a post is shown with its author."""
    return [
        "/admin/",
        "/admin/post/",
        f"/admin/post/details/?id={post.id}",
        address("post", post.id),
        f"/admin/history/version/?id={change_of('post', post.id)}",
    ]


def change_of(table: str, key: object, action: str = "insert") -> int:
    found = select(Change.id).where(Change.table_name == table, Change.row_key == str(key))
    return db.session.scalars(found.where(Change.action == action).order_by(Change.id.desc())).first() or 0


@pytest.mark.every_database
def test_every_page_says_the_name_that_the_author_had(
    signed_in: FlaskClient, lonely: tuple[Post, str]
) -> None:
    post, key = lonely
    for page in pages_of(post):
        shown = signed_in.get(page).text
        assert linked("user", key, f"john #{key} (deleted)").search(shown), page
        assert "secret-of-john" not in shown


def test_the_name_is_the_last_one_however_long_ago_it_was_given(signed_in: FlaskClient, john: User) -> None:
    with operation("user:update", table="user"):
        john.username = "johannes"
    for number in range(3):
        with operation("user:update", table="user"):
            john.email = f"{number}@example.com"
    post, key = Post(body="alone", user_id=john.id), john.id
    kept(post)
    without_rules(f'DELETE FROM "user" WHERE id = {key}')
    assert linked("user", key, f"johannes #{key} (deleted)").search(signed_in.get("/admin/post/").text)
    assert "History of johannes" in signed_in.get(address("user", key)).text


def test_what_went_behind_the_back_of_the_console_is_not_offered_for_its_return(
    signed_in: FlaskClient, lonely: tuple[Post, str]
) -> None:
    post, key = lonely
    number = post.id
    deleted(post)
    behind, ours = (signed_in.get(address(*row)).text for row in (("user", key), ("post", number)))
    words = "It was not deleted in the console, so it cannot be put back from here."
    assert words in behind
    assert "Put back" not in behind
    assert words not in ours
    assert "Put back" in ours


def test_the_form_says_whom_the_empty_field_stands_for(
    signed_in: FlaskClient, lonely: tuple[Post, str]
) -> None:
    post, key = lonely
    edit = f"/admin/post/edit/?id={post.id}"
    said = linked("user", key, f"john #{key} (deleted)")
    page = signed_in.get(edit)
    assert "Author, as stored" in page.text
    assert said.search(page.text)
    other = Post(body="nobody's")
    kept(other)
    assert "as stored" not in signed_in.get(f"/admin/post/edit/?id={other.id}").text


def test_spanish_pages_say_it_in_spanish(signed_in: FlaskClient, lonely: tuple[Post, str]) -> None:
    page = signed_in.get("/admin/post/", headers={"Accept-Language": "es"})
    assert f"john #{lonely[1]} (ya eliminado)" in page.text


def test_an_author_of_whom_history_knows_nothing_is_a_number(
    signed_in: FlaskClient, lonely: tuple[Post, str]
) -> None:
    post, _key = lonely
    without_rules(f"UPDATE post SET user_id = 4321 WHERE id = {post.id}")
    for page in ("/admin/post/", f"/admin/post/details/?id={post.id}"):
        shown = signed_in.get(page).text
        assert "#4321, which is gone" in shown
        assert escape(address("user", 4321)) not in shown


def test_a_name_that_was_redacted_is_not_said_again(signed_in: FlaskClient, lonely: tuple[Post, str]) -> None:
    post, key = lonely
    redact("user", key)
    for page in (*pages_of(post), address("user", key)):
        assert "john" not in signed_in.get(page).text, page
    assert f"#{key}, which is gone" in signed_in.get("/admin/post/").text


@pytest.fixture
def vera(monkeypatch: pytest.MonkeyPatch, john: User) -> FlaskClient:
    """Somebody who may look at posts, and not at users."""
    monkeypatch.setitem(ROLES, "viewer", Role("viewer", "Viewer", "", {"post": allow("view")}))
    add_administrator("vera", "viewer")
    vera = current_app.test_client()
    sign_in(vera, "vera")
    return vera


def test_the_name_is_for_those_who_may_see_the_table(vera: FlaskClient, lonely: tuple[Post, str]) -> None:
    post, key = lonely
    for page in pages_of(post)[1:]:
        shown = vera.get(page)
        assert shown.status_code == 200, page
        assert "john" not in shown.text, page
        assert f"#{key}, which is gone" in shown.text, page
        assert escape(address("user", key)) not in shown.text, page


def test_the_trash_names_the_authors_too(signed_in: FlaskClient, john: User) -> None:
    posts, key = [Post(body=f"post {n}", user_id=john.id) for n in range(3)], john.id
    kept(*posts)
    for row in (*posts, john):
        deleted(row)
    shown = signed_in.get("/admin/history/trash/?table=post").text
    assert len(linked("user", key, f"john #{key} (deleted)").findall(shown)) == 3


@pytest.fixture
def orphan(signed_in: FlaskClient, john: User) -> tuple[int, str]:
    """The deletion of a post whose author was deleted after it, and the author's key."""
    post, key = Post(body="alone", user_id=john.id), str(john.id)
    kept(post)
    number = post.id
    deleted(post)
    deleted(john)
    return change_of("post", number, "delete"), key


def is_said(page: TestResponse, key: str) -> bool:
    return (
        linked("user", key, f"“Author” refers to john #{key}, which was deleted").search(page.text)
        is not None
    )


@pytest.mark.every_database
def test_an_undo_says_what_is_missing_before_it_is_done_and_after(
    signed_in: FlaskClient, orphan: tuple[int, str]
) -> None:
    change, key = orphan
    act = db.session.get_one(Change, change).operation_id
    page = signed_in.get(f"/admin/history/undo/?id={act}")
    assert is_said(page, key)
    assert "what its “Author” refers to is gone" in page.text
    assert "post “alone”" in page.text
    assert "user_id" not in page.text
    refused = signed_in.post(
        f"/admin/history/undo/?id={act}", data={"csrf_token": token_of(page), "previewed": "1"}
    )
    assert refused.status_code == 409
    assert "what its “Author” refers to is gone" in refused.text
    assert "user_id" not in refused.text


def test_it_is_said_in_spanish(signed_in: FlaskClient, orphan: tuple[int, str]) -> None:
    act = db.session.get_one(Change, orphan[0]).operation_id
    page = signed_in.get(f"/admin/history/undo/?id={act}", headers={"Accept-Language": "es"})
    assert f"“Autor” se refiere a john #{orphan[1]}, que ya se ha eliminado" in page.text
    assert "ya no existe aquello a lo que se refiere “Autor”" in page.text


def test_the_trash_says_what_is_missing(signed_in: FlaskClient, orphan: tuple[int, str]) -> None:
    change, key = orphan
    page = submit(signed_in, "/admin/history/trash/?table=post", "/admin/history/return/", rowid=[change])
    assert page.status_code == 409
    assert is_said(page, key)
    assert "What its “Author” refers to is gone" in page.text
    assert "user_id" not in page.text


def test_what_was_left_out_says_it_until_the_author_is_back(signed_in: FlaskClient, john: User) -> None:
    susan = db.session.scalars(select(User).where(User.username == "susan")).one()
    gone, stays, key = Post(body="alone", user_id=john.id), Post(body="stays", user_id=susan.id), str(john.id)
    kept(gone, stays)
    with operation("post:delete", table="post") as act:
        db.session.delete(gone)
        db.session.delete(stays)
    number = act.id
    deleted(john)
    question = f"/admin/history/undo/?id={number}"
    page = signed_in.get(question)
    fields = {"csrf_token": token_of(page), "previewed": "1", "leave_out": "1"}
    done = signed_in.post(question, data=fields, follow_redirects=True)
    assert "1, what its “Author” refers to is gone" in done.text
    undoing = db.session.scalars(select(Operation.id).where(Operation.undoes_id == number)).one()
    page = signed_in.get(f"/admin/history/details/?id={undoing}")
    assert is_said(page, key)
    assert "post “alone”" in page.text
    assert "user_id" not in page.text
    submit(signed_in, "/admin/history/trash/?table=user", "/admin/history/return/",
           rowid=[change_of("user", key, "delete")])  # fmt: skip
    page = signed_in.get(f"/admin/history/details/?id={undoing}")
    assert not is_said(page, key)
    assert "what its “Author” refers to is gone" in page.text


@pytest.fixture
def app(app: Flask, request: pytest.FixtureRequest) -> Flask:
    if request.node.get_closest_marker("own_app"):
        console = app.extensions["admin"][0]
        for view, model in ((PortView, Port), (ShipView, Ship), (BerthView, Berth), (CraneView, Crane)):
            console.add_view(view(model))
    return app


@pytest.fixture
def harbour(app: Flask, signed_in: FlaskClient) -> Iterator[FlaskClient]:
    """A browser before a ship and a berth at a port that is called by a text."""
    Base.metadata.create_all(db.engine)
    port = Port(code="NL RTM", place="Rotterdam")
    kept(port)
    kept(Ship(name="Maria", port=port), Berth(name="North", port=port))
    yield signed_in
    db.session.rollback()
    Base.metadata.drop_all(db.engine)


@pytest.mark.own_app
@pytest.mark.every_database
def test_a_ship_without_its_port_names_it(harbour: FlaskClient) -> None:
    """A table of one's own, that refers by a text, and where no rule of the database is in the way."""
    deleted(db.session.get_one(Berth, 1))
    deleted(db.session.get_one(Port, "NL RTM"))
    ship = db.session.scalars(select(Ship.id)).one()
    for page in ("/admin/ship/", f"/admin/ship/details/?id={ship}", address("ship", ship)):
        shown = harbour.get(page).text
        assert linked("port", "NL RTM", "Rotterdam #NL RTM (deleted)").search(shown), page


@pytest.mark.own_app
def test_a_berth_without_its_port_says_which_it_was(harbour: FlaskClient) -> None:
    berth = db.session.scalars(select(Berth)).one()
    number, port = berth.id, db.session.get_one(Port, "NL RTM")
    with operation("berth:update", table="berth") as act:
        berth.port = None
    moved = act.id
    deleted(port)
    said = linked("port", "NL RTM", "“Home port” refers to Rotterdam #NL RTM, which was deleted")
    page = harbour.get(f"/admin/history/undo/?id={moved}")
    assert said.search(page.text)
    assert "port_code" not in page.text
    version = f"/admin/history/version/?id={change_of('berth', number)}&side=after"
    page = harbour.get(version)
    hidden = dict(re.findall(r'name="(side|version)" value="([^"]+)"', page.text))
    page = harbour.post(version, data={"csrf_token": token_of(page), "column": "port_code", **hidden})
    assert page.status_code == 409
    assert linked("port", "NL RTM", "“Home port” refers to Rotterdam #NL RTM, which was deleted.").search(
        page.text
    )


@pytest.mark.own_app
def test_a_key_that_is_no_relation_of_the_view_is_called_by_the_name_too(harbour: FlaskClient) -> None:
    crane = Crane(name="Big", port_code="NL RTM")
    kept(crane)
    page = address("crane", crane.id)
    assert "#NL RTM" in harbour.get(page).text
    assert "(deleted)" not in harbour.get(page).text
    with operation("crane:update", table="crane"):
        crane.port_code = None
    deleted(db.session.get_one(Berth, 1))
    deleted(db.session.get_one(Port, "NL RTM"))
    shown = harbour.get(page).text
    assert len(linked("port", "NL RTM", "Rotterdam #NL RTM (deleted)").findall(shown)) == 2


def test_nothing_is_asked_where_nothing_is_gone(signed_in: FlaskClient, john: User) -> None:
    """As many statements as rows that all have their author, and none of history."""
    kept(*(Post(body=f"post {n}", author=john) for n in range(5)))
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    signed_in.get("/admin/post/")
    calm, there = len(said), [one for one in said if "row_number" in one.lower()]
    assert not there
    said.clear()
    without_rules(f"UPDATE post SET user_id = user_id + 1000 WHERE user_id = {john.id}")
    said.clear()
    signed_in.get("/admin/post/")
    # Whether they are there, and what history knows of them: however many they are.
    assert len(said) == calm + 2
