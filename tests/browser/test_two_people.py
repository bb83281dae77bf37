"""Two people edit one post, in two real browsers, with scripts and without."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browser.conftest import Windows
from tests.browser.test_every_page import faults
from tests.conftest import PASSWORD, add_administrator

pytestmark = pytest.mark.browser

ORIGINAL = "The shop opens at nine on weekdays, and at ten on Saturdays."
MINE = "The shop opens at eight on weekdays, and at ten on Saturdays."
HIS = "The shop opens at nine on weekdays, and at eleven on Sundays."


@pytest.fixture
def post(susan: User) -> Post:
    add_administrator("john", "editor")
    post = Post(body=ORIGINAL, author=susan, timestamp=utcnow())
    db.session.add(post)
    db.session.commit()
    return post


@pytest.fixture
def address_of_form(post: Post) -> str:
    address = f"/admin/post/edit/?id={post.id}"
    db.session.rollback()
    return address


@pytest.fixture
def plain_page(chromium: Browser, address: str) -> Iterator[Page]:
    """A window of a browser that runs no scripts."""
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


def open_form(page: Page, username: str, address: str) -> None:
    page.goto(address)
    page.get_by_label("Username or email").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Body")).to_have_value(ORIGINAL)


def save(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="Save", exact=True).click()


def stored(post: Post) -> tuple[Any, ...]:
    db.session.rollback()
    return post.body, post.author and post.author.username


@pytest.fixture
def meet(fresh_windows: Windows, address_of_form: str) -> Callable[[Page], None]:
    """Bring a person to the page that asks, after john was faster."""

    def bring(page: Page) -> None:
        his = fresh_windows.open()
        open_form(page, "susan", address_of_form)
        open_form(his, "john", address_of_form)
        save(his, body=HIS)
        expect(his.get_by_text("was saved.")).to_be_visible()
        save(page, body=MINE, author="")
        expect(page.get_by_role("heading", name="Nothing was saved yet")).to_be_visible()

    return bring


def test_different_fields(fresh_windows: Windows, address_of_form: str, post: Post) -> None:
    mine, his = fresh_windows.open(), fresh_windows.open()
    open_form(mine, "susan", address_of_form)
    open_form(his, "john", address_of_form)
    save(his, body=HIS)
    save(mine, author="")
    expect(mine.get_by_text("Meanwhile john changed this: Body. Both changes are kept.")).to_be_visible()
    assert stored(post) == (HIS, None)


def test_one_field_with_the_keyboard_alone(page: Page, meet: Callable[[Page], None], post: Post) -> None:
    meet(page)
    expect(page.get_by_text("john changed this: Body.")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Yours")).to_be_focused()
    assert page.get_by_role("radio", checked=True).count() == 0
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Theirs")).to_be_checked()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save what I chose")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("was saved.")).to_be_visible()
    assert stored(post) == (MINE, None)


def test_without_scripts(plain_page: Page, meet: Callable[[Page], None], post: Post) -> None:
    meet(plain_page)
    plain_page.get_by_label("Theirs").check()
    plain_page.get_by_role("button", name="Save what I chose").click()
    expect(plain_page.get_by_text("was saved.")).to_be_visible()
    assert stored(post) == (HIS, None)


def test_going_on_typing(page: Page, meet: Callable[[Page], None], post: Post) -> None:
    meet(page)
    page.get_by_role("link", name="Go on typing").click()
    expect(page.get_by_text("The record has changed since you began: Body.")).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value(MINE)
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Body")).to_have_value(HIS)
    assert stored(post) == (HIS, "susan")


def test_discarding(page: Page, meet: Callable[[Page], None], post: Post) -> None:
    meet(page)
    page.get_by_role("button", name="Discard what I typed").click()
    expect(page.get_by_label("Body")).to_have_value(HIS)
    assert stored(post) == (HIS, "susan")


def test_the_page_that_asks_is_for_everybody(page: Page, meet: Callable[[Page], None]) -> None:
    meet(page)
    page.get_by_label("Yours").check()
    assert not list(faults(page))


def test_the_page_of_a_record_that_is_gone(page: Page, address_of_form: str, post: Post) -> None:
    open_form(page, "susan", address_of_form)
    db.session.delete(post)
    db.session.commit()
    save(page, body=MINE)
    expect(page.get_by_role("heading", name="This record was deleted meanwhile")).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value(MINE)
    assert not list(faults(page))
    page.get_by_role("button", name="Begin a new post with this").click()
    expect(page.get_by_role("heading", name="New post")).to_be_visible()
    save(page)
    expect(page.get_by_text("was created.")).to_be_visible()
