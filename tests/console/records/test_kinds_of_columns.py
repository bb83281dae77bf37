"""Every kind of column: saved as it is nothing changes, and each value can be chosen and cleared."""

import enum
import re
from collections.abc import Iterator
from datetime import time, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, Enum, ForeignKey, Interval, LargeBinary, Row, String, Time, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from backoffice.console.records.view import RecordView
from backoffice.extensions import db
from tests.browsing import submit

pytestmark = [pytest.mark.own_app, pytest.mark.every_database]


class Base(DeclarativeBase):
    """Apart from the models of the console, which `db check` looks at."""


class Color(enum.Enum):
    red = "r"
    blue = "b"


class Size(enum.IntEnum):
    none = 0
    large = 1


class Side(enum.StrEnum):
    left = "L"
    right = "R"


class Flag(Base):
    __tablename__ = "flag"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    label: Mapped[str] = mapped_column(String(20))


class Ship(Base):
    __tablename__ = "ship"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    color: Mapped[Color | None] = mapped_column(Enum(Color))
    stored: Mapped[Color] = mapped_column(
        Enum(Color, values_callable=lambda one: [each.value for each in one], name="stored"),
        default=Color.blue,
    )
    size: Mapped[Size | None] = mapped_column(Enum(Size))
    side: Mapped[Side | None] = mapped_column(Enum(Side))
    word: Mapped[str | None] = mapped_column(Enum("new", "old", name="word"))
    afloat: Mapped[bool | None] = mapped_column()
    kept: Mapped[str] = mapped_column(String(8), server_default="unset")
    flag_code: Mapped[str | None] = mapped_column(ForeignKey("flag.code"))
    flag: Mapped[Flag | None] = relationship(lazy="joined")


class Crate(Base):
    """What the console has no field for, of which nothing may be lost."""

    __tablename__ = "crate"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    papers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[time | None] = mapped_column(Time)
    wait: Mapped[timedelta | None] = mapped_column(Interval)
    mark: Mapped[UUID | None] = mapped_column()
    image: Mapped[bytes | None] = mapped_column(LargeBinary)


class Tin(Base):
    __tablename__ = "tin"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    papers: Mapped[dict[str, Any]] = mapped_column(JSON)


class CrateView(RecordView):
    """Nothing is declared: all of it is guessed."""


class TinView(RecordView):
    """The same."""


# What a form sends beside its fields.
BESIDE = {"csrf_token", "_form_state", "_submission", "version"}

CRATE = {
    "name": "box", "papers": {"a": [1, None, "ü"]}, "at": time(12, 30, 15), "wait": timedelta(minutes=90),
    "mark": UUID(int=7), "image": b"\0\xff",
}  # fmt: skip


class ShipView(RecordView):
    column_list = ("id", "name", "color", "stored", "size", "side", "word", "afloat", "kept")
    form_columns = ("name", "color", "stored", "size", "side", "word", "afloat", "kept", "flag")
    relation_labels = {"flag": "label"}


FULL = {
    "name": "Ark", "color": Color.red, "stored": Color.blue, "size": Size.none, "side": Side.left,
    "word": "old", "afloat": False, "kept": "so", "flag_code": "SE",
}  # fmt: skip
BARE = {"name": "Raft", "stored": Color.red, "kept": "so"}


@pytest.fixture
def app(app: Flask) -> Flask:
    for view in (ShipView(Ship), CrateView(Crate), TinView(Tin)):
        app.extensions["admin"][0].add_view(view)
    return app


@pytest.fixture
def ships(app: Flask, signed_in: FlaskClient) -> Iterator[FlaskClient]:
    """A browser before two ships, of which one has all that it can and the other nothing."""
    Base.metadata.create_all(db.engine)
    db.session.add_all([Flag(id=7, code="FI", label="Finland"), Flag(id=5, code="SE", label="Sweden")])
    db.session.flush()
    db.session.add(Ship(**FULL))
    db.session.flush()
    db.session.add(Ship(**BARE))
    db.session.commit()
    yield signed_in
    db.session.rollback()
    Base.metadata.drop_all(db.engine)


def stored(key: int, model: type[Any] = Ship) -> Row[Any]:
    db.session.rollback()
    return db.session.execute(select(model.__table__).where(model.id == key)).one()


def as_shown(browser: FlaskClient, address: str) -> dict[str, str]:
    """What a form sends when nothing is done to it."""
    page = browser.get(address).text
    form = page.partition("data-dirty")[2].partition("</form>")[0]
    fields = {}
    for tag, name in re.findall(r'(<(?:input|select|textarea)[^>]*? name="([^"]+)"[^>]*>)', form):
        if tag.startswith("<select"):
            options = form.partition(tag)[2].partition("</select>")[0]
            chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', options)
            first = re.search(r'value="([^"]*)"', options)
            fields[name] = (chosen or first)[1]  # type: ignore[index]
        else:
            value = re.search(r' value="([^"]*)"', tag)
            fields[name] = unescape(value[1]) if value else ""
    return fields


@pytest.mark.parametrize("key", [1, 2])
def test_saved_as_it_is_nothing_changes(ships: FlaskClient, key: int) -> None:
    before, address = stored(key), f"/admin/ship/edit/?id={key}"
    shown = as_shown(ships, address)
    assert {"color", "afloat", "flag"} <= shown.keys()
    assert ships.post(address, data=shown).status_code == 303
    assert "Nothing was changed" in ships.get("/admin/ship/").text
    assert stored(key) == before
    assert ships.post(address, data={**as_shown(ships, address), "name": "Other"}).status_code == 303
    assert stored(key)._asdict() == {**before._asdict(), "name": "Other"}


CHOICES = (
    ("color", "blue", Color.blue), ("color", "", None), ("stored", "r", Color.red),
    ("size", "large", Size.large), ("size", "none", Size.none), ("size", "", None),
    ("side", "right", Side.right), ("word", "new", "new"), ("word", "", None),
    ("afloat", "true", True), ("afloat", "false", False), ("afloat", "", None),
)  # fmt: skip


def test_each_value_can_be_chosen_and_cleared(ships: FlaskClient) -> None:
    for key in (1, 2):
        for field, typed, held in CHOICES:
            assert submit(ships, f"/admin/ship/edit/?id={key}", **{field: typed}).status_code == 303
            assert getattr(stored(key), field) == held, (field, typed)


def test_what_is_no_choice_is_refused_at_the_field(ships: FlaskClient) -> None:
    before = stored(1)
    for field, typed in (("color", "green"), ("color", "r"), ("afloat", "2"), ("word", "x")):
        page = submit(ships, "/admin/ship/edit/?id=1", **{field: typed})
        assert page.status_code == 422
        assert f'id="{field}-error"' in page.text
    assert stored(1) == before


def test_what_the_table_has_a_value_for_is_left_to_it_and_cannot_be_emptied(ships: FlaskClient) -> None:
    assert submit(ships, "/admin/ship/new/", name="New", stored="r", kept="").status_code == 303
    newest = db.session.scalar(select(Ship.id).order_by(Ship.id.desc()))
    assert stored(newest or 0).kept == "unset"
    page = submit(ships, "/admin/ship/edit/?id=1", kept="")
    assert page.status_code == 422
    assert 'id="kept-error"' in page.text


def test_a_relation_holds_the_column_that_it_refers_to(ships: FlaskClient) -> None:
    assert as_shown(ships, "/admin/ship/edit/?id=1")["flag"] == "Sweden"
    for typed, held in (("Finland", "FI"), ("#5", "SE"), ("", None)):
        assert submit(ships, "/admin/ship/edit/?id=1", flag=typed).status_code == 303
        assert stored(1).flag_code == held


def test_what_there_is_no_field_for_is_shown_and_kept(ships: FlaskClient) -> None:
    db.session.add(Crate(**CRATE))
    db.session.commit()
    before, address = stored(1, Crate), "/admin/crate/edit/?id=1"
    for page in (address, "/admin/crate/", "/admin/crate/details/?id=1"):
        text = unescape(ships.get(page).text)
        for shown in ('{"a": [1, null, "ü"]}', "12:30:15", "1:30:00", str(UUID(int=7)), "2 bytes"):
            assert shown in text, (page, shown)
    assert as_shown(ships, address).keys() == {"id", "name", *BESIDE}
    assert ships.post(address, data={**as_shown(ships, address), "name": "other"}).status_code == 303
    assert stored(1, Crate)._asdict() == {**before._asdict(), "name": "other"}
    assert submit(ships, "/admin/crate/new/", id="2", name="new").status_code == 303
    assert list(stored(2, Crate)[2:]) == [None] * 5


def test_no_row_is_made_that_wants_what_nobody_can_give(ships: FlaskClient) -> None:
    page = ships.get("/admin/tin/new/")
    assert page.status_code == 409
    assert "papers, which the console cannot give" in page.text
