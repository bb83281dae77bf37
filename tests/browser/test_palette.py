"""The command palette and the shortcuts: anywhere by typing, and never in the way of it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.keyboard import press

pytestmark = pytest.mark.browser


def palette(page: Page) -> None:
    page.wait_for_load_state()  # a key that is pressed before the page's scripts have run is lost
    press(page, "Control+k")
    expect(page.get_by_role("option", name="Dashboard")).to_be_visible()


def type_and_go(page: Page, text: str, target: str) -> None:
    page.keyboard.type(text)
    option = page.get_by_role("option", name=target).first
    expect(option).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox")).to_have_attribute(
        "aria-activedescendant", option.get_attribute("id") or ""
    )
    press(page, "Enter")


def test_it_goes_to_pages_records_and_actions(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/")
    palette(page)
    type_and_go(page, "posts", "Posts")
    expect(page).to_have_url("/admin/post/")
    palette(page)
    type_and_go(page, "joh", "john")
    expect(page.get_by_role("heading", name="john")).to_be_visible()
    palette(page)
    type_and_go(page, "new user", "New user")
    expect(page.get_by_role("heading", name="New user")).to_be_visible()
    page.get_by_label("Username").focus()
    press(page, "Meta+k")
    type_and_go(page, "dark", "Colours: Dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Go to…").click()
    expect(page.get_by_role("option", name="Dashboard")).to_be_visible()
    press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    expect(page.get_by_role("option", name="Users", exact=True)).to_have_attribute("aria-selected", "true")
    press(page, "Escape")
    expect(page.get_by_role("button", name="Go to…")).to_be_focused()


def test_it_is_accessible(windows: Windows) -> None:
    page = windows.open(reduced_motion="reduce")
    page.goto("/admin/user/")
    palette(page)
    page.keyboard.type("john")
    expect(page.get_by_role("option", name="john").first).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert not Axe().run(page).response["violations"]
    page.keyboard.type(" nobody is called so")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Suggestions: ")
    page.set_viewport_size({"width": 320, "height": 500})
    box = page.get_by_role("dialog").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, "?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    assert not Axe().run(page).response["violations"]


def test_shortcuts_wait_while_one_types(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/")
    press(page, "/")
    page.keyboard.type("?jkx/")
    expect(page.get_by_role("searchbox")).to_have_value("?jkx/")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_rows_by_j_k_and_x(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/?sort=id")
    press(page, "j", "j", "x", "k", "x")
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(page.get_by_label("Select susan")).to_be_checked()
    expect(page.get_by_label("Select john")).to_be_checked()


def test_they_can_be_turned_off(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/")
    press(page, "?")
    page.get_by_label("Use shortcuts in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    press(page, "Control+k", "?", "/", "j", "x")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    expect(page.get_by_text("Tick rows to work on them")).to_be_visible()
    page.get_by_role("button", name="Shortcuts", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
