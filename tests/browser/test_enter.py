"""Enter on a list opens the row that has the focus; it never deletes, puts back or ends anything."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, insert, select

from backoffice.clock import utcnow
from backoffice.console.records import RecordView
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Operation, Post, Selection, User
from tests.browser.conftest import Windows, sign_in
from tests.browser.keyboard import press
from tests.browser.places import OUTSIDE, PLACES, Furnished

pytestmark = pytest.mark.browser

# Of each form with a field that can have the focus: the button that Enter presses.
DEFAULTS = """() => [...document.forms].filter((form) => [...form.elements].some((one) =>
        one.matches("input:not([type=hidden]), select, textarea"))).map((form) => {
    const first = [...form.elements].find((one) => one.type === "submit");
    const ticked = form.querySelector("[name=rowid], [name=column], [name=leave_out], [name=typed]");
    return {
        dangerous: !!first?.matches(".btn-danger, .btn-danger-quiet, .menu-danger *"),
        acts: !!ticked && first?.formMethod !== "dialog" && first?.name !== "_back",
        words: first?.textContent.trim(),
    };
})"""


class OwnView(RecordView):
    """A view over the same table, as somebody may write one."""

    column_list = ("author", "id", "body")
    relation_labels = {"author": "username"}
    name_column = "body"


@pytest.fixture
def app(app: Flask) -> Flask:
    app.extensions["admin"][0].add_view(OwnView(Post, endpoint="own", name="Own"))
    return app


@pytest.fixture
def rows(app: Flask, susan: User) -> None:
    """Twelve posts, two of which are deleted."""
    posts = [{"body": f"Post {n}", "user_id": susan.id, "timestamp": utcnow()} for n in range(1, 13)]
    db.session.execute(insert(Post), posts)
    db.session.commit()
    for key in (11, 12):
        with operation("post:delete", table="post", selection="1 post"):
            db.session.delete(db.session.get_one(Post, key))


@pytest.fixture
def page(fresh_windows: Windows, rows: None) -> Iterator[Page]:
    with nothing_changed():
        yield signed_in(fresh_windows.open())


@pytest.fixture
def plain_page(fresh_windows: Windows, rows: None) -> Iterator[Page]:
    with nothing_changed():
        yield signed_in(fresh_windows.open(java_script_enabled=False))


def signed_in(page: Page) -> Page:
    sign_in(page)
    return page


@contextmanager
def nothing_changed() -> Iterator[None]:
    """What is there, what was done and what was asked is the same at the end."""
    before = _facts()
    yield
    assert _facts() == before


def _facts() -> list[object]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(one)) for one in (Post, Operation, Selection)]


# Each list, and what opens from it.
LISTS = {
    "/admin/post/?page_size=10": r"/admin/post/details/\?id=\d+",
    "/admin/own/?page_size=10": r"/admin/own/details/\?id=\d+",
    "/admin/user/": r"/admin/user/details/\?id=\d+",
    "/admin/history/trash/?table=post": r"/admin/history/record/\?table=post&key=12",
}


def test_enter_on_every_list(page: Page) -> None:
    for place, opened in LISTS.items():
        page.goto(place)
        press(page, "j", "x", "Enter")
        page.wait_for_url(re.compile(opened))
        page.goto(place)
        page.locator("tbody [name=rowid]").first.focus()
        press(page, "Space", "Enter")
        page.wait_for_url(re.compile(opened))
        for box in ("[data-select-page] input", "[data-matching]"):
            page.goto(place.replace("10", "5"))
            if page.locator(box).count():
                page.locator(box).focus()
                nothing_comes_of(page, "Space", "Enter")
                expect(page.locator(box)).to_be_checked()
    page.goto("/admin/administrator/")
    press(page, "j")
    nothing_comes_of(page, "Enter")
    expect(page.get_by_role("link", name="Sessions")).to_be_visible()


def test_enter_on_every_list_without_scripts(plain_page: Page) -> None:
    page = plain_page
    for place in LISTS:
        page.goto(place.replace("10", "5"))
        for box in ("tbody [name=rowid]", "[data-matching]"):
            if page.locator(box).count():
                page.locator(box).first.focus()
                nothing_comes_of(page, "Space", "Enter")
                expect(page.locator(box).first).to_be_checked()


def nothing_comes_of(page: Page, *keys: str) -> None:
    """Press these keys, and see that the page stays."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    press(page, *keys)
    page.wait_for_timeout(300)
    assert not asked


def test_enter_confirms_no_deletion(windows: Windows, furnished: Furnished) -> None:
    page = windows.open()
    page.goto("/admin/post/?page_size=10")
    page.locator("tbody [name=rowid]").first.check()
    page.get_by_role("button", name="Delete…").first.click()
    page.get_by_role("button", name="Delete 1 post").wait_for()
    page.evaluate("""() => document.querySelector(".confirmation-buttons").before(
        Object.assign(document.createElement("input"), {id: "typed", name: "typed"}))""")
    page.locator("#typed").fill("1")
    nothing_comes_of(page, "Enter")


def test_no_dangerous_button_is_a_forms_default(windows: Windows, furnished: Furnished) -> None:
    wrong = []
    for places, page in ((PLACES, windows.open()), (OUTSIDE, windows.open(storage_state=None))):
        for place in places.values():
            for address in [place] if isinstance(place, str) else place:
                page.goto(address.format(**furnished.questions))
                wrong += [
                    (address, one) for one in page.evaluate(DEFAULTS) if one["dangerous"] or one["acts"]
                ]
    assert not wrong
