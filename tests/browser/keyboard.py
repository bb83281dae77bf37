"""Going about a page by the keyboard alone, and what every stop on the way must show."""

import pytest
from playwright.sync_api import Page

MOST_STOPS = 80
# The element that has the focus: what it is called, and whether one sees that it has it.
STOP = """() => {
    const it = document.activeElement;
    if (it === document.body) return null;
    const words = it.labels?.[0] ?? it;
    const {left, top, width, height} = it.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    const {outlineStyle, outlineWidth} = getComputedStyle(it);
    return {
        name: (it.ariaLabel ?? words.textContent ?? "").replace(/\\s+/g, " ").trim(),
        marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
        seen: [it, ...(it.labels ?? [])].some((one) => one.contains(above) || above?.contains(one)),
        large: width >= 24 && height >= 24 || ["INPUT", "A"].includes(it.tagName) && height >= 16,
        orderly: it.tabIndex === 0,
    };
}"""


def press(page: Page, *keys: str) -> None:
    """Press these keys, one after the other."""
    for key in keys:
        page.keyboard.press(key)


def stop(page: Page) -> str | None:
    """What has the focus, which must be seen; None where it is nothing on the page."""
    found = page.evaluate(STOP)
    if found is None:
        return None
    name = str(found.pop("name"))
    assert all(found.values()), f"{name!r} on {page.url}: {found}"
    return name


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until this has the focus."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        passed.append(stop(page))
        if passed[-1] == name:
            return
    pytest.fail(f"no way to {name!r}, past {passed}")


def choose(page: Page, name: str) -> None:
    """Go to a link or button, and press it."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def type_into(page: Page, name: str, text: str) -> None:
    """Go to a field, and type over what it holds."""
    tab_to(page, name)
    press(page, "Control+A")
    page.keyboard.type(text)
