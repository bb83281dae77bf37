"""The main job, in a real browser: sign in, create, edit, filter, delete in bulk, sign out."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from backoffice.extensions import db
from backoffice.models import Post
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("susan")
def test_a_days_work(page: Page) -> None:
    page.goto("/admin/post/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page)

    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name="New user").click()
    page.get_by_label("Username").fill("john")
    page.get_by_label("Email").fill("john@example.com")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("john was created.")).to_be_visible()

    for number in (1, 2, 3):
        page.goto("/admin/post/new/")
        page.get_by_label("Body").fill(f"Post {number}")
        page.get_by_role("combobox", name="Author").fill("jo")
        page.get_by_role("option", name="john").click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text(f"Post {number} was created.")).to_be_visible()

    page.get_by_text("More for Post 2").locator("xpath=..").click()
    page.get_by_role("link", name="Edit").locator("visible=true").click()
    page.get_by_label("Body").fill("Post two")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Post two was saved.")).to_be_visible()

    page.get_by_text("Add filter", exact=True).first.click()
    page.get_by_label("Show only where").select_option("author_is")
    page.get_by_role("combobox", name="Value").fill("john")
    page.get_by_role("button", name="Add filter").click()
    expect(page).to_have_url("/admin/post/?author_is=john")
    expect(page.get_by_role("row")).to_have_count(4)

    page.get_by_role("searchbox").fill("Post")
    page.keyboard.press("Enter")
    page.get_by_label("Select Post 1").check()
    page.get_by_label("Select Post two").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Delete…").first.click()
    expect(page.get_by_role("heading", name="Delete 2 posts")).to_be_visible()
    assert db.session.scalar(select(func.count()).select_from(Post)) == 3
    db.session.rollback()
    page.get_by_role("button", name="Delete 2 posts").click()
    expect(page.get_by_text("2 posts deleted.")).to_be_visible()
    assert db.session.scalars(select(Post.body)).all() == ["Post 3"]

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto("/admin/post/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
