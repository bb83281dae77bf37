"""A double click, and Enter twice: one post, with scripts and without."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browser.conftest import Windows, sign_in

pytestmark = pytest.mark.browser


def bodies() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Post.body).order_by(Post.id)))


def new_post(page: Page, body: str) -> None:
    page.goto("/admin/post/new/")
    page.get_by_label("Body").fill(body)


@pytest.mark.parametrize("scripts", [True, False])
def test_one_post_is_made(fresh_windows: Windows, susan: User, scripts: bool) -> None:
    page = fresh_windows.open(java_script_enabled=scripts)
    sign_in(page)
    new_post(page, "By two clicks")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_text("By two clicks was created.")).to_be_visible()
    new_post(page, "By two keys")
    page.get_by_label("Timestamp").press("Enter", no_wait_after=True)
    page.keyboard.press("Enter")
    expect(page.get_by_text("By two keys was created.")).to_be_visible()
    assert bodies() == ["By two clicks", "By two keys"]


def test_after_going_back_another_one_is_made(page: Page, susan: User) -> None:
    sign_in(page)
    new_post(page, "The first")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The first was created.")).to_be_visible()
    page.go_back()
    page.get_by_label("Body").fill("The second")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The second was created.")).to_be_visible()
    assert bodies() == ["The first", "The second"]
