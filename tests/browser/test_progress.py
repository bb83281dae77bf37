"""An operation that a worker does, as it is watched: with a script, without one, and when it is stopped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from threading import Event, Thread

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from backoffice import bulk
from backoffice.bulk import SavedQuery
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Operation, Post, User
from backoffice.work import run_operation
from backoffice.work.pace import Pace
from tests.browser.conftest import Windows, sign_in
from tests.browser.test_messages import ANNOUNCED

pytestmark = pytest.mark.browser

ROWS = 900


@pytest.fixture
def waiting(app: Flask, susan: User, monkeypatch: pytest.MonkeyPatch) -> int:
    """A deletion of so many posts, a hundred at a time, that waits for a worker; gives its number."""
    monkeypatch.setattr(Pace, "__init__", lambda self, dialect: setattr(self, "rows", 100))
    for name, nothing in (("took", lambda self, seconds: None), ("let_others_write", lambda self: None)):
        monkeypatch.setattr(Pace, name, nothing)
    app.config["BACKGROUND_ROWS"] = 100
    db.session.execute(insert(Post), [{"body": f"post {i}"} for i in range(ROWS)])
    db.session.commit()
    grant = db.session.scalars(select(Administrator.id)).one()
    with acting_as(Actor("person", "susan", susan.id)):
        selection = bulk.choose_matching(grant, "post", SavedQuery((), "", "UTC"))
        bulk.freeze(selection.id)
        db.session.expire_all()
        return bulk.delete(selection, ()).id


@contextmanager
def worker(app: Flask, number: int) -> Iterator[Callable[[], None]]:
    """A worker that does a chunk whenever it is told to, and the rest at the end."""
    go, is_over = Event(), Event()

    def look() -> bool:
        go.wait()
        if not is_over.is_set():
            go.clear()
        return False

    def work() -> None:
        with app.app_context():
            run_operation(number, look)
            db.session.remove()

    thread = Thread(target=Context().run, args=(work,))
    thread.start()
    try:
        yield go.set
    finally:
        is_over.set()
        go.set()
        thread.join()


def open_page(page: Page, number: int) -> None:
    sign_in(page)
    page.goto(f"/admin/history/details/?id={number}")
    expect(page.get_by_role("heading", name=f"Deleting {ROWS} posts")).to_be_visible()


def test_it_is_watched_to_its_end_without_a_reload(app: Flask, fresh_windows: Windows, waiting: int) -> None:
    page = fresh_windows.open()
    page.add_init_script(ANNOUNCED)
    open_page(page, waiting)
    page.evaluate("window.neverReloaded = true")
    page.get_by_role("button", name="Stop it").focus()
    with worker(app, waiting) as do_a_chunk:
        for percent in ("11%", "22%", "33%"):
            do_a_chunk()
            expect(page.locator("[data-progress-text=percent]")).to_have_text(percent)
        assert page.get_by_role("progressbar").evaluate("(bar) => bar.position") == pytest.approx(1 / 3)
        expect(page.get_by_role("button", name="Stop it")).to_be_focused()
    expect(page.get_by_role("heading", name=f"Deleted {ROWS} posts")).to_be_visible()
    expect(page.get_by_text(f"{ROWS} posts deleted.").locator("visible=true").last).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    assert page.evaluate("window.neverReloaded")
    announced = " ".join(page.evaluate("window.announced"))
    assert f"300 of {ROWS} rows" in announced
    assert f"{ROWS} posts deleted." in announced
    page.get_by_role("link", name="Undo…").click()
    expect(page.get_by_role("heading", name=f"Undo: Deleted {ROWS} posts")).to_be_visible()


def test_without_a_script_the_page_comes_again_by_itself(
    app: Flask, fresh_windows: Windows, waiting: int
) -> None:
    page = fresh_windows.open(java_script_enabled=False)
    open_page(page, waiting)
    with worker(app, waiting) as do_a_chunk:
        do_a_chunk()
        expect(page.get_by_text(f"100 of {ROWS} rows")).to_be_visible()
    expect(page.get_by_text(f"{ROWS} posts deleted.")).to_be_visible()


def test_stopped_it_says_how_far_it_came_and_can_be_undone(
    app: Flask, fresh_windows: Windows, waiting: int
) -> None:
    page = fresh_windows.open(java_script_enabled=False)
    open_page(page, waiting)
    with worker(app, waiting) as do_a_chunk:
        do_a_chunk()
        expect(page.get_by_text(f"100 of {ROWS} rows")).to_be_visible()
        page.get_by_role("button", name="Stop it").click()
        expect(page.get_by_text("It stops at the end of what is being done now.")).to_be_visible()
    expect(page.get_by_text(f"Stopped by susan. 100 of {ROWS} rows were done;")).to_be_visible()
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo 100 changes").click()
    expect(page.get_by_text("100 changes undone.")).to_be_visible()
    db.session.rollback()
    assert len(db.session.scalars(select(Post.id)).all()) == ROWS


def test_a_console_that_does_not_answer_is_said_and_waited_for(
    app: Flask, fresh_windows: Windows, waiting: int
) -> None:
    page = fresh_windows.open()
    open_page(page, waiting)
    page.context.set_offline(True)
    expect(page.get_by_text("The console does not answer.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("The console does not answer.")).to_be_hidden()
    fresh_windows.complaints.clear()  # that it was away
    assert db.session.get_one(Operation, waiting).state == "waiting"
