"""What was typed and not saved, in a real browser: with the tab closed, the session over, and no scripts."""

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from sqlalchemy import func, select, update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import AdminSession, Draft, Post, User
from tests.conftest import PASSWORD, add_administrator

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("susan")]

NEW = "/admin/post/new/"
NOTE = "Nothing of it is saved yet"


@pytest.fixture
def susan(app: object) -> User:
    return add_administrator("susan", "administrator")


@pytest.fixture
def plain_page(chromium: Browser, address: str) -> Iterator[Page]:
    """A window of a browser that runs no scripts."""
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


def sign_in(page: Page, address: str = NEW) -> None:
    """Go to a page for which one has to sign in first."""
    page.goto(address)
    enter(page)


def enter(page: Page) -> None:
    page.get_by_label("Username or email").fill("susan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Body")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def drafts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Draft)) or 0


def eventually(page: Page, count: int) -> None:
    """Wait until there are this many drafts."""
    until = time.monotonic() + 60
    while drafts() != count:
        assert time.monotonic() < until, f"there are {drafts()} drafts, not {count}"
        page.wait_for_timeout(50)


def end_sessions() -> None:
    db.session.execute(update(AdminSession).values(ended_at=utcnow()))
    db.session.commit()


def answer_dialogs(page: Page) -> list[str]:
    """Leave wherever the page asks; gives the kinds of what it asked."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_what_was_typed_survives_a_closed_tab(page: Page) -> None:
    sign_in(page)
    asked = answer_dialogs(page)
    page.get_by_label("Body").fill("half a sent")
    again = page.context.new_page()
    page.close(run_before_unload=True)
    eventually(again, 1)
    assert asked == ["beforeunload"]
    again.goto(NEW)
    expect(again.get_by_text(NOTE)).to_be_visible()
    expect(again.get_by_label("Body")).to_have_value("half a sent")
    again.get_by_label("Body").fill("half a sentence")
    save(again)
    expect(again.get_by_text("half a sentence was created.")).to_be_visible()
    assert drafts() == 0
    again.goto(NEW)
    expect(again.get_by_label("Body")).to_have_value("")
    expect(again.get_by_text(NOTE)).to_be_hidden()


def test_it_is_kept_when_typing_pauses_and_leaving_still_warns(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Body").fill("half a sent")
    expect(page.get_by_text("Draft kept", exact=True)).to_be_visible()
    assert drafts() == 1
    asked = answer_dialogs(page)
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()
    assert asked == ["beforeunload"]
    page.goto(NEW)
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()
    assert asked == ["beforeunload"], "nothing was typed the second time"


def test_leaving_without_having_typed_asks_nothing(page: Page) -> None:
    sign_in(page)
    asked = answer_dialogs(page)
    page.get_by_label("Body").fill("x")
    page.get_by_label("Body").fill("")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()
    assert asked == []


def test_discarding_asks_nothing_and_is_final(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Body").fill("half a sent")
    eventually(page, 1)
    asked = answer_dialogs(page)
    page.reload()
    page.get_by_label("Body").fill("half a sentence")
    asked.clear()
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_text(NOTE)).to_be_hidden()
    expect(page.get_by_label("Body")).to_have_value("")
    page.wait_for_timeout(500)
    assert drafts() == 0
    assert asked == []


def test_a_draft_under_way_does_not_arrive_after_the_save(page: Page) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    sign_in(page)
    page.route("**/draft/", slowly)
    with page.expect_request("**/draft/"):
        page.get_by_label("Body").fill("a sentence")
    save(page)
    expect(page.get_by_text("a sentence was created.")).to_be_visible()
    page.wait_for_timeout(1000)
    assert drafts() == 0
    assert db.session.scalars(select(Post.body)).all() == ["a sentence"]


def test_what_cannot_be_kept_is_said(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Body").fill("x" * 300_000)
    expect(page.get_by_text("Draft not kept")).to_be_visible()
    page.get_by_label("Body").fill("x")
    expect(page.get_by_text("Draft kept", exact=True)).to_be_visible()


def check_expired_session(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Body").fill("a long thought")
    end_sessions()
    save(page)
    expect(page.get_by_text("what you typed is kept")).to_be_visible()
    enter(page)
    expect(page).to_have_url(NEW)
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value("a long thought")
    assert db.session.scalars(select(Post)).all() == []
    save(page)
    expect(page.get_by_text("a long thought was created.")).to_be_visible()
    assert drafts() == 0


def test_nothing_is_lost_with_a_session(page: Page) -> None:
    check_expired_session(page)


def test_nor_without_scripts(plain_page: Page) -> None:
    check_expired_session(plain_page)


def test_a_rejected_form_without_scripts(plain_page: Page) -> None:
    sign_in(plain_page)
    plain_page.get_by_label("Body").fill("x" * 141)
    save(plain_page)
    expect(plain_page.get_by_label("Body")).to_have_value("x" * 141)
    plain_page.goto(NEW)
    expect(plain_page.get_by_label("Body")).to_have_value("x" * 141)
    plain_page.get_by_role("button", name="Discard it").click()
    expect(plain_page.get_by_label("Body")).to_have_value("")


def test_signing_out_in_another_tab_loses_nothing(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Body").fill("a long thought")
    other = page.context.new_page()
    other.goto("/admin/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_text("You are signed out.")).to_be_visible()
    save(page)
    enter(page)
    expect(page.get_by_label("Body")).to_have_value("a long thought")


def test_signing_in_anew_in_another_tab_loses_nothing(page: Page) -> None:
    sign_in(page)
    page.get_by_label("Body").fill("a long thought")
    other = page.context.new_page()
    other.goto("/admin/")
    other.get_by_role("button", name="Sign out").click()
    sign_in(other)
    save(page)
    expect(page.get_by_text("Your session is a new one")).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value("a long thought")
    save(page)
    expect(page.get_by_text("a long thought was created.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1240, 320])
def test_the_note_is_accessible(page: Page, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 760})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    sign_in(page)
    page.get_by_label("Body").fill("half a sent")
    expect(page.get_by_text("Draft kept", exact=True)).to_be_visible()
    answer_dialogs(page)
    page.reload()
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.get_by_label("Body").fill("half a sentence")
    expect(page.get_by_text("Draft kept", exact=True)).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
