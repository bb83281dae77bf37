"""What a list does in the hands of a person."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.keyboard import press

pytestmark = pytest.mark.browser

CUT = "it => it.scrollWidth > it.clientWidth"


def test_a_range_of_rows_is_chosen_with_shift(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/?page_size=10")
    boxes = page.locator("tbody [name=rowid]")
    boxes.nth(2).click()
    boxes.nth(6).click(modifiers=["Shift"])
    expect(page.get_by_text("5 selected")).to_be_visible()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_label("Select this page").check()
    expect(page.get_by_text("10 selected")).to_be_visible()
    page.get_by_label("Select this page").uncheck()
    expect(page.get_by_text("Tick rows to work on them")).to_be_visible()


def test_all_that_match_are_chosen_apart_from_the_page(windows: Windows) -> None:
    page = windows.open(width=360)
    page.goto("/admin/user/?page_size=10")
    everything = page.get_by_label("Select all")
    everything.check()
    expect(page.get_by_text("All 42 users are selected")).to_be_visible()
    expect(page.locator("tbody [name=rowid]").first).to_be_disabled()
    everything.uncheck()
    expect(page.get_by_text("Tick rows to work on them")).to_be_visible()
    expect(page.locator("tbody [name=rowid]:checked")).to_have_count(0)


def test_what_is_cut_is_in_reach(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/post/?author_is=susan")
    long = page.get_by_role("link", name="WWWW")
    assert long.evaluate(CUT)
    page.get_by_label("Select WWWW").focus()
    press(page, "Tab")
    expect(long).to_be_focused()
    assert not long.evaluate(CUT)
    page.set_viewport_size({"width": 360, "height": 700})
    assert not long.evaluate(CUT)


def test_an_empty_list_says_what_to_do(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/post/?search=nothing.like.this&author_is=susan")
    page.get_by_role("link", name="Clear search and filters").click()
    expect(page).to_have_url("/admin/post/")


@pytest.mark.parametrize(("width", "scripts"), [(1240, True), (360, True), (360, False)])
def test_a_list_is_kept_as_a_file_by_keyboard(windows: Windows, width: int, scripts: bool) -> None:
    page = windows.open(width=width, java_script_enabled=scripts)
    page.goto("/admin/post/?author_is=susan")
    page.locator("summary", has_text="Export").focus()
    press(page, "Enter")
    offered = page.get_by_role("link", name="JSON Lines")
    expect(offered).to_be_in_viewport(ratio=1)
    press(page, "Tab", "Tab")
    expect(offered).to_be_focused()
    with page.expect_download() as download:
        press(page, "Enter")
    assert re.fullmatch(r"post-filtered-[\dT-]+Z\.jsonl", download.value.suggested_filename)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_date_is_gone_to_by_keyboard(windows: Windows, scripts: bool) -> None:
    page = windows.open(width=360, java_script_enabled=scripts)
    page.goto("/admin/post/?page_size=10")
    page.get_by_label("Go to date").fill("2025-01-01")
    press(page, "Enter")
    expect(page).to_have_url("/admin/post/?page_size=10&at=2025-01-01")
    expect(page.get_by_label("Go to date")).to_have_value("2025-01-01")
    page.get_by_role("link", name="Previous").click()
    assert "at=" not in page.url


def test_what_is_not_understood_is_taken_away_or_mended_by_the_keyboard(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/?usernamecontains=susan&nothing=1")
    expect(page.get_by_text("There is no filter named usernamecontains.")).to_be_visible()
    expect(page.get_by_text("Not all that is asked for is understood")).to_be_visible()
    expect(page.locator("tbody")).to_have_count(0)
    page.get_by_role("link", name="Remove the filter nothing 1").focus()
    press(page, "Enter")
    expect(page).to_have_url("/admin/user/?usernamecontains=susan")
    page.get_by_role("link", name="username_contains").focus()
    press(page, "Enter")
    expect(page).to_have_url("/admin/user/?username_contains=susan")
    expect(page.locator("tbody tr")).not_to_have_count(0)


def test_the_author_is_found_by_typing_in_a_filter(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/post/")
    page.get_by_text("Add filter", exact=True).first.click()
    page.get_by_label("Show only where").select_option("author_is_not")
    value = page.get_by_role("combobox", name="Value")
    value.press_sequentially("sus")
    expect(page.get_by_role("option", name="susan")).to_be_visible()
    press(page, "ArrowDown", "Enter")
    expect(value).to_have_value("susan")
    value.press_sequentially(", #3")
    expect(page.locator(".combobox [role=option]")).to_have_count(1)
    page.get_by_role("button", name="Add filter").click()
    expect(page).to_have_url("/admin/post/?author_is_not=susan%2C+%233")
    expect(page.locator(".chip")).to_contain_text("is not susan, #3 (2 values)")


def test_lines_are_pasted_into_a_filter(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/user/")
    page.get_by_text("Add filter", exact=True).first.click()
    page.get_by_label("Show only where").select_option("username_in_list")
    page.get_by_label("Value").fill('susan\n"Doe, Jane"\tnobody\n')
    page.get_by_role("button", name="Add filter").click()
    expect(page.locator(".chip")).to_contain_text('is one of susan, "Doe, Jane", nobody (3 values)')
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("searchbox").fill("susan")
    press(page, "Enter")
    expect(page.locator(".chip")).to_contain_text("(3 values)")
