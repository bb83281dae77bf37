"""Less motion, forced colours, a heading that stays in view; and what a page weighs."""

import pytest

from tests.browser.conftest import Windows
from tests.browser.keyboard import press, stop

pytestmark = pytest.mark.browser

KB = 1024
TOP = "document.querySelector('.records th').getBoundingClientRect().top"


def test_less_motion(windows: Windows) -> None:
    page = windows.open(reduced_motion="reduce")
    page.goto("/admin/post/")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
        const {transitionProperty: moves, transitionDuration, animationName} = getComputedStyle(one);
        return animationName !== "none" || moves !== "none" && parseFloat(transitionDuration) > 0;
    }).length"""
    assert page.evaluate(moving) == 0


def test_forced_colours_show_where_one_is(windows: Windows) -> None:
    page = windows.open(forced_colors="active")
    page.goto("/admin/post/")
    current = page.locator(".navigation a[aria-current]")
    assert current.evaluate("it => parseFloat(getComputedStyle(it).borderInlineStartWidth)") >= 2
    for _ in range(12):
        press(page, "Tab")
        assert stop(page)  # with an outline


def test_the_heading_of_a_list_stays_in_view(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/post/?page_size=100")
    page.mouse.wheel(0, 1500)
    page.wait_for_function("scrollY > 1000")
    assert 0 <= page.evaluate(TOP) < 100


def test_what_a_list_weighs(windows: Windows) -> None:
    page = windows.open()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/admin/post/", wait_until="networkidle")
    assert len(sizes) <= 12
    assert sum(sizes) <= 120 * KB
    sizes.clear()
    page.goto("/admin/user/", wait_until="networkidle")
    assert len([size for size in sizes if size > 0]) <= 3  # the others come from the cache
