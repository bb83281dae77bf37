"""The main job by Tab, Enter, Space, Escape and the arrows alone, the focus seen at every stop."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from backoffice.extensions import db
from backoffice.models import Post, User
from tests.browser.conftest import Windows
from tests.browser.keyboard import MOST_STOPS, choose, press, stop, tab_to, type_into
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def heading(page: Page, name: str) -> None:
    """Wait for the page that is called so."""
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


@pytest.fixture
def page_of_posts(page: Page, susan: User) -> Page:
    rows = [{"body": f"Post {number}", "user_id": susan.id} for number in range(1, 13)]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    return page


def test_the_main_job(page_of_posts: Page) -> None:
    page = page_of_posts
    page.goto("/login")
    type_into(page, "Username or email", "susan")
    type_into(page, "Password", PASSWORD)
    press(page, "Enter")
    heading(page, "Dashboard")

    choose(page, "Users")
    heading(page, "Users")
    choose(page, "New user")
    heading(page, "New user")
    type_into(page, "Username", "john")
    type_into(page, "Email", "john@example.com")
    choose(page, "Save")
    expect(page.get_by_text("john was created.")).to_be_visible()

    choose(page, "Posts")
    heading(page, "Posts")
    choose(page, "New post")
    heading(page, "New post")
    type_into(page, "Body", "By keyboard")
    type_into(page, "Author optional", "jo")
    expect(page.get_by_role("option", name="john")).to_be_visible()
    press(page, "ArrowDown", "Enter")
    choose(page, "Save")
    expect(page.get_by_text("By keyboard was created.")).to_be_visible()

    choose(page, "Add filter")
    tab_to(page, "Show only where")
    page.keyboard.type("Author is")
    type_into(page, "Value", "susan")
    choose(page, "Add filter")
    expect(page.get_by_role("list", name="Filters")).to_contain_text("Author is susan")
    choose(page, "10")  # rows a page
    expect(page).to_have_url("/admin/post/?author_is=susan&page_size=10")
    choose(page, "Number")
    expect(page.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "ascending")
    choose(page, "Next")
    expect(page.get_by_role("row")).to_have_count(3)

    press(page, "/")
    page.keyboard.type("post")
    press(page, "Enter")
    expect(page.get_by_role("row")).to_have_count(11)
    tab_to(page, "Select Post 2")
    press(page, "Space")
    tab_to(page, "Select Post 3")
    press(page, "Space")
    expect(page.get_by_text("2 selected")).to_be_visible()
    tab_to(page, "Delete…", "Shift+Tab")
    press(page, "Enter")
    heading(page, "Delete 2 posts")
    choose(page, "Delete 2 posts")
    expect(page.get_by_text("2 posts deleted.")).to_be_visible()

    choose(page, "More for Post 4")
    choose(page, "Edit")
    heading(page, "Edit Post 4")
    type_into(page, "Body", "Edited by keyboard")
    choose(page, "Save")
    expect(page.get_by_text("Edited by keyboard was saved.")).to_be_visible()
    choose(page, "Sign out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    bodies = set(db.session.scalars(select(Post.body)))
    assert bodies >= {"By keyboard", "Edited by keyboard", "Post 1"}
    assert not bodies & {"Post 2", "Post 3", "Post 4"}


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/post/?page_size=10&author_is=john", "/admin/post/new/"]
)
def test_there_is_a_way_through_and_out(windows: Windows, address: str) -> None:
    page = windows.open()
    page.goto(address)
    press(page, "Tab")
    assert stop(page) == "Skip to the content"
    for _ in range(MOST_STOPS):
        press(page, "Tab")
        if stop(page) is None:
            break
    assert stop(page) is None, "caught on the way"


def test_the_skip_link_skips(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/")
    press(page, "Tab", "Enter", "Tab")
    assert stop(page) not in ("Backoffice", "Dashboard")


def test_the_menu_of_a_phone(windows: Windows) -> None:
    page = windows.open(width=360)
    page.goto("/admin/user/")
    choose(page, "Menu")
    choose(page, "Posts")
    heading(page, "Posts")
    choose(page, "Menu")
    press(page, "Escape", "Tab")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
