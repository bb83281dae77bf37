"""Values that Python has none for: each costs its own cell only, is left alone, and can be mended."""

import html
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Enum, Numeric, String, Table, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.test import TestResponse

from backoffice.console.records.view import RecordView
from backoffice.extensions import db
from backoffice.models import Change, Operation, Post, User, describe
from backoffice.models.adoption import Finding
from tests.browsing import form_of

pytestmark = pytest.mark.every_database

# How each is written, and how it is shown.
TIMES = {
    "sqlite": {
        "'not a time'": "not a time",
        "12.5": "12.5",
        "x'ff00'": "x'ff00'",
        "CAST(x'ff6e6f' AS TEXT)": "\N{REPLACEMENT CHARACTER}no",
        "'0000-00-00 00:00:00'": "0000-00-00 00:00:00",
        "'2024-02-30 10:00:00'": "2024-02-30 10:00:00",
        "'2025-03-01 10:00:00+02:00'": "2025-03-01 10:00:00+02:00",
        "'2025-03-01T10:00:00Z'": "2025-03-01T10:00:00Z",
    },
    "postgresql": {
        "'infinity'": "infinity",
        "'-infinity'": "-infinity",
        "'0044-03-15 12:00:00 BC'": "0044-03-15 12:00:00 BC",
        "'12000-01-01 00:00:00'": "12000-01-01 00:00:00",
    },
    "mariadb": {
        "'0000-00-00 00:00:00'": "0000-00-00 00:00:00.000000",
        "'2024-00-00 00:00:00'": "2024-00-00 00:00:00.000000",
        "'2024-02-00 10:00:00'": "2024-02-00 10:00:00.000000",
    },
}
BODIES = {"sqlite": {"x'00ff'": "x'00ff'", "CAST(x'6e6fff' AS TEXT)": "no\N{REPLACEMENT CHARACTER}"}}
# Exactly what stands there.
STORED = {
    "sqlite": "SELECT id, hex(body), typeof(body), hex(timestamp), typeof(timestamp) FROM post ORDER BY id",
    "postgresql": "SELECT id, body, CAST(timestamp AS text) FROM post ORDER BY id",
    "mariadb": "SELECT id, body, CONCAT(timestamp, '') FROM post ORDER BY id",
}


def stored() -> list[Any]:
    db.session.rollback()
    return list(db.session.execute(text(STORED[db.engine.dialect.name])))


def let_anything_in() -> None:
    """Once: a database that was not strict when these rows were written."""
    if db.engine.dialect.name == "mariadb":
        db.session.execute(text("SET SESSION sql_mode = 'ANSI_QUOTES'"))


@pytest.fixture
def shown(signed_in: FlaskClient, susan: User) -> dict[int, str]:
    """Posts with such values: what is shown of each; and one more that is in order."""
    author, kind, rows = susan.id, db.engine.dialect.name, dict[int, str]()
    let_anything_in()
    values = [("'fine'", "'2026-03-01 12:00:00'", "")]
    values += [("'odd'", written, shown) for written, shown in TIMES[kind].items()]
    values += [(written, "'2026-03-01 12:00:00'", shown) for written, shown in BODIES.get(kind, {}).items()]
    for key, (body, time, what) in enumerate(values, 1):
        row = f"({key}, {body}, {time}, {author})"
        db.session.execute(text(f"INSERT INTO post (id, body, timestamp, user_id) VALUES {row}"))
        rows |= {key: what} if what else {}
    db.session.commit()
    db.engine.dispose()  # with what was let in
    return rows


def opened(client: FlaskClient, address: str) -> TestResponse:
    page = client.get(address)
    assert page.status_code == 200, f"{address}: {page.text}"
    return page


def sent(client: FlaskClient, page: TestResponse, to: str, **fields: Any) -> TestResponse:
    address, form = form_of(page, to)
    answer = client.post(address, data=form | fields, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer


def test_lists_show_them_as_the_database_writes_them(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    for address in ("/admin/", "/admin/post/", "/admin/post/?search=odd", "/admin/post/?at=2026-01-01"):
        opened(signed_in, address)
    page = html.unescape(opened(signed_in, "/admin/post/").text)
    exported = opened(signed_in, "/admin/post/export/csv/").text
    lines = opened(signed_in, "/admin/post/export/jsonl/").text
    assert len(lines.splitlines()) == len(shown) + 1
    for key, what in shown.items():
        assert f">{what}<" in page
        assert what in exported
        assert what in html.unescape(opened(signed_in, f"/admin/post/details/?id={key}").text)


def test_pages_go_through_them(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    signed_in.application.config["PAGE_SIZE"] = 1
    for key, what in shown.items():
        if "\N{REPLACEMENT CHARACTER}" in what:  # whose place in the order is known to the database only
            db.session.execute(text(f"DELETE FROM post WHERE id = {key}"))
    db.session.commit()
    left = db.session.scalars(text("SELECT id FROM post ORDER BY id")).all()
    for order in ("timestamp", "-timestamp"):
        address, keys = f"/admin/post/?sort={order}", list[str]()
        while address:
            page = opened(signed_in, address)
            keys += re.findall(r'name="rowid" value="(\d+)"', page.text)
            onward = re.findall(r'href="([^"]+)"><span>Next</span>', page.text)
            address = html.unescape(onward[0]) if onward else ""
            assert len(keys) <= len(shown) + 1
        assert sorted(map(int, keys)) == left


def typed_form(page: TestResponse) -> dict[str, str]:
    """What a browser sends of the form of a post."""
    fields = {name: html.unescape(str(value)) for name, value in form_of(page, "/post/edit/")[1].items()}
    body = re.search(r'<textarea[^>]*name="body"[^>]*>\r?\n?(.*?)</textarea>', page.text, re.DOTALL)
    assert body
    return fields | {"body": html.unescape(body[1])}


def test_what_is_not_edited_is_left_as_it_is(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    before = stored()
    for key, what in shown.items():
        address = f"/admin/post/edit/?id={key}"
        page = opened(signed_in, address)
        fields = typed_form(page)
        assert what in fields.values()
        same = signed_in.post(address, data=fields, follow_redirects=True)
        assert "Nothing was changed." in same.text
        other = signed_in.post(address, data=fields | {"author": ""}, follow_redirects=True)
        assert "was saved." in other.text
    assert stored() == before
    assert db.session.scalars(text("SELECT count(*) FROM post WHERE user_id IS NULL")).one() == len(shown)


def test_what_is_edited_is_mended(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    for key in shown:
        page = opened(signed_in, f"/admin/post/edit/?id={key}")
        saved = sent(signed_in, page, "/post/edit/", timestamp="2026-03-03 10:00:00", body="mended")
        assert "mended was saved." in saved.text
        opened(signed_in, f"/admin/history/record/?table=post&key={key}")
    assert len({row[1:] for row in stored()[1:]}) == 1


def test_what_is_no_time_is_none_to_type(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    page = opened(signed_in, "/admin/post/edit/?id=1")
    address, form = form_of(page, "/post/edit/")
    assert signed_in.post(address, data=form | {"timestamp": "infinity"}).status_code == 422


def test_they_come_back_as_they_were(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    before = stored()
    rows = opened(signed_in, "/admin/post/")
    question = sent(signed_in, rows, "/action/", action="edit", matching="1")
    fields = {"change": ["author", "timestamp"], "author": "", "timestamp": "2026-01-01 10:00:00"}
    sent(signed_in, question, "/edit/", **fields)
    done = sent(signed_in, question, "/edit/", **fields, previewed="1")
    sent(signed_in, done, "/undo/")
    assert stored() == before
    question = sent(signed_in, opened(signed_in, "/admin/post/"), "/action/", action="delete", rowid=[*shown])
    done = sent(signed_in, question, "/selection/")
    opened(signed_in, "/admin/history/trash/?table=post")
    sent(signed_in, done, "/undo/")
    assert stored() == before
    for act in db.session.scalars(select(Operation.id)).all():
        page = opened(signed_in, f"/admin/history/details/?id={act}").text
        assert "b'" not in html.unescape(re.sub(r"(?s)<script.*?</script>", "", page))
    for change in db.session.scalars(select(Change.id).where(Change.table_name == "post")).all():
        opened(signed_in, f"/admin/history/version/?id={change}&side=before")


def test_the_check_before_adoption_says_so(signed_in: FlaskClient, shown: dict[int, str]) -> None:
    connection = db.session.connection()
    finding = Finding(cast(Table, Post.__table__), is_there=True, adopted=True)
    (line,) = [line for line in describe(connection, [finding]) if "no times" in line]
    assert line.strip().startswith("post.timestamp has values that are no times, ")
    db.session.execute(text("DELETE FROM post WHERE id > 1"))
    assert not [line for line in describe(connection, [finding]) if "no times" in line]


# Columns of other kinds, of a model of one's own


class Base(DeclarativeBase):
    """Apart from the models of the console."""


class Thing(Base):
    __tablename__ = "odd_thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(20))
    price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    weight: Mapped[float | None] = mapped_column()
    pieces: Mapped[int | None] = mapped_column(index=True)
    bought: Mapped[date | None] = mapped_column(index=True)
    state: Mapped[str | None] = mapped_column(Enum("new", "used", name="odd_state", native_enum=False))


class ThingView(RecordView):
    column_list = ("id", "name", "price", "weight", "pieces", "bought", "state")
    column_sortable_list = ("id", "bought", "pieces")
    form_columns = ("name", "price", "weight", "pieces", "bought", "state")


ODD = {
    "sqlite": (
        ("price", "'cheap'"), ("weight", "'heavy'"), ("pieces", "'many'"), ("pieces", "x'01'"),
        ("pieces", "1.5"),
        ("bought", "'yesterday'"), ("bought", "17"), ("state", "'lost'"), ("name", "x'00'"),
        ("weight", "9e999"),
    ),
    "postgresql": (
        ("price", "'NaN'"), ("weight", "'NaN'"), ("weight", "'-Infinity'"), ("bought", "'infinity'"),
        ("bought", "'0044-03-15 BC'"), ("bought", "'10000-01-01'"), ("state", "'lost'"),
    ),
    "mariadb": (("bought", "'0000-00-00'"), ("bought", "'2024-02-00'"), ("state", "'lost'")),
}  # fmt: skip


@pytest.fixture
def things(app: Flask, signed_in: FlaskClient) -> Iterator[FlaskClient]:
    """A table with a row for each of them."""
    app.extensions["admin"][0].add_view(ThingView(Thing))
    Base.metadata.create_all(db.engine)
    let_anything_in()
    for column, value in ODD[db.engine.dialect.name]:
        db.session.execute(text(f"INSERT INTO odd_thing ({column}) VALUES ({value})"))
    db.session.commit()
    db.engine.dispose()
    yield signed_in
    db.session.rollback()
    Base.metadata.drop_all(db.engine)


def exactly() -> list[Any]:
    columns = ", ".join(
        f"hex({name}), typeof({name})" if db.engine.dialect.name == "sqlite" else f"CAST({name} AS char(40))"
        for name in ("name", "price", "weight", "pieces", "bought", "state")
    )
    db.session.rollback()
    return list(db.session.execute(text(f"SELECT id, {columns} FROM odd_thing ORDER BY id")))


@pytest.mark.own_app
def test_columns_of_every_kind(things: FlaskClient) -> None:
    before, kind = exactly(), db.engine.dialect.name
    for address in ("", "?sort=bought", "?sort=pieces", "export/csv/", "export/jsonl/"):
        opened(things, f"/admin/thing/{address}")
    for key, (column, value) in enumerate(ODD[kind], 1):
        opened(things, f"/admin/thing/details/?id={key}")
        page = opened(things, f"/admin/thing/edit/?id={key}")
        _address, form = form_of(page, "/thing/edit/")
        chosen = re.search(r'<option selected value="([^"]*)"', page.text)
        form |= {"state": chosen[1]} if chosen else {}
        other = "pieces" if column == "name" else "name"
        saved = things.post(f"/admin/thing/edit/?id={key}", data=form | {other: "7"}, follow_redirects=True)
        assert "was saved." in saved.text, (column, value)
        opened(things, f"/admin/history/record/?table=odd_thing&key={key}")
        sent(things, saved, "/undo/")
    assert exactly() == before
    question = sent(things, opened(things, "/admin/thing/"), "/action/", action="delete", matching="1")
    sent(things, sent(things, question, "/selection/"), "/undo/")
    assert exactly() == before
