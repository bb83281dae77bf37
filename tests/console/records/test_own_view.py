"""A model of one's own: declared, registered, and at once listed, edited, deleted and exported."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Enum, ForeignKey, Numeric, String, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from backoffice.console.records.view import RecordView
from backoffice.extensions import db
from backoffice.models import Change, Operation
from tests.browsing import submit, token_of
from tests.managing import succeed


class Base(DeclarativeBase):
    """Apart from the models of the console, which `db check` looks at."""


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(20), unique=True)


class Book(Base):
    __tablename__ = "book"
    isbn: Mapped[str] = mapped_column(String(13), primary_key=True)
    title: Mapped[str] = mapped_column(String(50), index=True)
    blurb: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    pages: Mapped[int | None] = mapped_column()
    lent: Mapped[bool] = mapped_column(default=False)
    bought: Mapped[date | None] = mapped_column()
    state: Mapped[str | None] = mapped_column(Enum("new", "used", name="state"))
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship()


class BookView(RecordView):
    column_list = ("isbn", "title", "price", "lent", "shelf")
    column_filters = ("title", "price", "lent", "shelf")
    column_searchable_list = ("title",)
    column_sortable_list = ("isbn", "title")
    form_columns = ("isbn", "title", "blurb", "price", "pages", "lent", "bought", "state", "shelf")
    relation_labels = {"shelf": "label"}
    name_column = "title"


class ShelfView(RecordView):
    column_list = ("id", "label")
    form_columns = ("label",)


pytestmark = pytest.mark.own_app

FIELDS = {
    "isbn": "978",
    "title": "Dune",
    "blurb": "Sand.\r\nWorms.",
    "price": "9.90",
    "pages": "412",
    "lent": ["", "y"],
    "bought": "2024-02-29",
    "state": "used",
    "shelf": "A1",
}


@pytest.fixture
def books(app: Flask, signed_in: FlaskClient) -> Iterator[FlaskClient]:
    """A browser before an empty table of books and one shelf."""
    Base.metadata.create_all(db.engine)
    db.session.add(Shelf(label="A1"))
    db.session.commit()
    yield signed_in
    db.session.rollback()
    Base.metadata.drop_all(db.engine)


@pytest.fixture
def app(app: Flask) -> Flask:
    console = app.extensions["admin"][0]
    console.add_view(BookView(Book))
    console.add_view(ShelfView(Shelf))
    return app


def the_book() -> Book:
    db.session.rollback()
    return db.session.scalars(select(Book)).one()


@pytest.mark.every_database
def test_it_is_created_with_every_kind_of_field(books: FlaskClient) -> None:
    assert submit(books, "/admin/book/new/", **FIELDS).status_code == 303
    book = the_book()
    assert (book.isbn, book.title, book.blurb, book.price) == (
        "978",
        "Dune",
        "Sand.\nWorms.",
        Decimal("9.90"),
    )
    assert (book.pages, book.lent, book.bought, book.state) == (412, True, date(2024, 2, 29), "used")
    assert book.shelf is not None
    assert book.shelf.label == "A1"


def test_what_cannot_be_is_said_at_each_field(books: FlaskClient) -> None:
    wrong = {
        "price": "cheap",
        "pages": "9" * 30,
        "bought": "2024-02-30",
        "state": "burnt",
        "shelf": "Z9",
        "title": "",
    }
    page = submit(books, "/admin/book/new/", **{**FIELDS, **wrong})
    assert page.status_code == 422
    for field in wrong:
        assert f'id="{field}-error"' in page.text, field


def test_it_is_edited_field_by_field(books: FlaskClient) -> None:
    submit(books, "/admin/book/new/", **FIELDS)
    page = "/admin/book/edit/?id=978"
    assert submit(books, page, **FIELDS).status_code == 303
    assert not db.session.scalars(select(Operation).where(Operation.kind == "book:update")).all()
    submit(books, page, lent="", price="")
    book = the_book()
    assert (book.lent, book.price, book.pages) == (False, None, 412)
    change = db.session.scalars(select(Change).order_by(Change.id.desc())).first()
    assert change is not None
    assert change.after is not None
    assert set(change.after) == {"lent", "price"}
    submit(books, page, title="Dune II")
    assert the_book().lent is False


def test_a_box_that_is_not_ticked_is_sent_too(books: FlaskClient) -> None:
    submit(books, "/admin/book/new/", **FIELDS)
    page = books.get("/admin/book/edit/?id=978").text
    assert re.search(r'<input type="hidden" name="lent" value=""><input checked [^>]*type="checkbox"', page)


@pytest.mark.every_database
def test_it_is_listed_filtered_and_exported(books: FlaskClient) -> None:
    submit(books, "/admin/book/new/", **FIELDS)
    page = books.get(
        "/admin/book/?title_begins_with=du&lent_is=true&shelf_is=A1&price_greater=9&search=une&sort=title"
    )
    assert "Dune" in page.text
    assert "1 matches" in page.text
    assert "No books match." in books.get("/admin/book/?lent_is=false").text
    rows = list(csv.DictReader(io.StringIO(books.get("/admin/book/export/csv/").text)))
    assert rows == [{"isbn": "978", "title": "Dune", "price": "9.90", "lent": "true", "shelf": "A1"}]
    assert "Books" in books.get("/admin/").text


@pytest.mark.every_database
def test_its_shelf_goes_and_it_stays(books: FlaskClient) -> None:
    submit(books, "/admin/book/new/", **FIELDS)
    shelf = db.session.scalars(select(Shelf.id)).one()
    token = token_of(books.get("/admin/shelf/new/"))
    question = books.post(
        "/admin/shelf/delete/", data={"id": shelf, "csrf_token": token}, follow_redirects=True
    )
    assert "Books that stay without shelf" in question.text
    answer = books.post(
        question.request.path, data={"csrf_token": token, "seen": "book.shelf_id"}, follow_redirects=True
    )
    assert "1 shelf deleted. 1 book stays without shelf." in answer.text
    assert the_book().shelf_id is None


@pytest.mark.parametrize(
    ("switch", "method", "address"),
    [
        ("can_create", "GET", "/admin/book/new/"),
        ("can_edit", "GET", "/admin/book/edit/?id=978"),
        ("can_delete", "POST", "/admin/book/delete/"),
        ("can_delete", "POST", "/admin/book/selection/x/"),
        ("can_export", "GET", "/admin/book/export/csv/"),
    ],
)
def test_what_a_view_is_declared_without_is_closed(
    books: FlaskClient, monkeypatch: pytest.MonkeyPatch, switch: str, method: str, address: str
) -> None:
    submit(books, "/admin/book/new/", **FIELDS)
    token = token_of(books.get("/admin/shelf/new/"))
    monkeypatch.setattr(BookView, switch, False)
    assert books.open(address, method=method, data={"csrf_token": token, "id": "978"}).status_code == 403


def test_a_secret_cannot_be_declared() -> None:
    class Account(Base):
        __tablename__ = "account"
        id: Mapped[int] = mapped_column(primary_key=True)
        password_hash: Mapped[str] = mapped_column(String(60))

    for attribute in (
        "column_list",
        "column_filters",
        "column_searchable_list",
        "form_columns",
        "column_export_list",
    ):
        view = type("AccountView", (RecordView,), {"column_list": ("id",), attribute: ("password_hash",)})
        with pytest.raises(ValueError, match="secret"):
            view(Account)


@pytest.mark.every_database
def test_it_is_searched_by_an_index_where_that_can_be_made(books: FlaskClient) -> None:
    submit(books, "/admin/book/new/", **FIELDS)
    for _again in ("without the index", "and with it"):
        assert "Dune" in books.get("/admin/book/?search=DUN").text
        assert "Dune" not in books.get("/admin/book/?search=dunes").text
        told = succeed("search-index", "create")
    if db.engine.dialect.name == "sqlite":
        assert "book: none is made, since its rows are not numbered." in told
    else:
        assert ("book.title: there" in told) is (db.engine.dialect.name == "postgresql")
