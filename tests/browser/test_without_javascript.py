"""The main job in a browser that runs no script."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browser.conftest import Windows, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def plain_page(fresh_windows: Windows, susan: User) -> Page:
    rows = [{"body": f"Post {number}", "user_id": susan.id} for number in range(1, 13)]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    return fresh_windows.open(java_script_enabled=False)


def test_the_main_job(plain_page: Page) -> None:
    page = plain_page
    sign_in(page)
    page.get_by_role("link", name="Posts", exact=True).first.click()
    page.get_by_role("link", name="New post").click()
    page.get_by_label("Body").fill("Without a script")
    page.get_by_label("Author").fill("susan")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Without a script was created.")).to_be_visible()

    page.get_by_role("searchbox").fill("post")
    page.keyboard.press("Enter")
    expect(page.get_by_text("12 match", exact=True)).to_be_visible()
    page.get_by_text("Add filter", exact=True).first.click()
    page.get_by_label("Show only where").select_option("author_is")
    page.get_by_label("Value").fill("susan")
    page.get_by_role("button", name="Add filter").click()
    page.get_by_role("link", name="10", exact=True).click()
    page.get_by_role("link", name="Number").click()
    expect(page.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("row")).to_have_count(3)

    page.get_by_text("More for Post 12").locator("xpath=..").click()
    page.get_by_role("link", name="Edit").locator("visible=true").click()
    page.get_by_label("Body").fill("Edited without")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Edited without was saved.")).to_be_visible()

    page.goto("/admin/post/?sort=id")
    page.get_by_text("More for Post 3").locator("xpath=..").click()
    page.get_by_role("button", name="Delete…").locator("visible=true").last.click()
    page.get_by_role("button", name="Delete 1 post").click()
    expect(page.get_by_text("1 post deleted.")).to_be_visible()
    page.get_by_label("Select Post 4").check()
    page.get_by_label("Select Post 5").check()
    page.get_by_role("button", name="Delete…").first.click()
    page.get_by_role("button", name="Delete 2 posts").click()
    expect(page.get_by_text("2 posts deleted.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    bodies = set(db.session.scalars(select(Post.body)))
    assert bodies >= {"Without a script", "Edited without", "Post 1"}
    assert not bodies & {"Post 3", "Post 4", "Post 5", "Post 12"}


def test_the_menu_of_a_phone(windows: Windows) -> None:
    page = windows.open(width=360, java_script_enabled=False)
    page.goto("/admin/post/")
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("link", name="Users").click()
    expect(page.get_by_role("heading", name="Users")).to_be_visible()


def test_nothing_is_offered_that_needs_a_script(windows: Windows) -> None:
    page = windows.open(java_script_enabled=False)
    page.goto("/admin/post/")
    for needs_a_script in ("Shortcuts", "Select this page"):
        expect(page.get_by_text(needs_a_script, exact=True)).to_be_hidden()
