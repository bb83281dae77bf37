"""The choice of colours, with and without a script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
# What the page had when it was first drawn, before any module ran.
FIRST = "new MutationObserver(() => { window.first ??= document.documentElement.dataset.theme }).observe(document, {childList: true, subtree: true})"  # noqa: E501


def choose(page: Page, name: str) -> None:
    button = page.get_by_role("group", name="Colours").get_by_role("button", name=name)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_it_shows_at_once_and_is_kept(windows: Windows) -> None:
    page = windows.open(color_scheme="light")
    page.add_init_script(FIRST)
    page.goto("/admin/user/")
    page.get_by_role("searchbox").fill("what was typed stays")
    light = page.evaluate(BACKGROUND)
    with page.expect_response("**/admin/theme/"):
        choose(page, "Dark")
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    expect(page.get_by_role("searchbox")).to_have_value("what was typed stays")
    page.goto("/admin/")
    assert page.evaluate("window.first") == "dark"
    assert page.evaluate(BACKGROUND) == dark
    with page.expect_response("**/admin/theme/"):
        choose(page, "System")
    assert page.evaluate(BACKGROUND) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == dark


def test_without_a_script(windows: Windows) -> None:
    page = windows.open(java_script_enabled=False)
    page.goto("/admin/user/?search=a")
    choose(page, "Dark")
    expect(page).to_have_url("/admin/user/?search=a")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
