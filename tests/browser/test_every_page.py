"""Every page, light and dark, on a desk and on a phone: axe finds nothing, and nothing sticks out."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Windows
from tests.browser.places import NO_PAGES, OUTSIDE, PLACES, Furnished

pytestmark = pytest.mark.browser

DESK, PHONE = (1240, 760), (320, 640)
WIDTHS = (320, 360, 768, 2560)
# As a person sets it in the browser: the root's text, on which every measure stands.
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# In the dark only the colours are other ones.
RUN = {
    "light": "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})",
    "dark": "axe.run({resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']})",
}
OVERFLOW = """() => document.documentElement.scrollWidth > innerWidth
    && [...document.querySelectorAll("main *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map((each) => `${each.tagName}.${each.className}`).join(" ")"""


def test_every_page_is_looked_at(furnished: Furnished) -> None:
    rules = furnished.app.url_map.iter_rules()
    pages = {rule.endpoint for rule in rules if rule.methods and "GET" in rule.methods}
    assert pages == PLACES.keys() | OUTSIDE.keys() | NO_PAGES.keys(), "name a new page in places.py"


@pytest.mark.parametrize("endpoint", PLACES)
def test_a_page_inside(windows: Windows, furnished: Furnished, endpoint: str) -> None:
    page = windows.open()
    for address in PLACES[endpoint]:
        page.goto(address.format(**furnished.questions))
        assert not list(faults(page)), address


@pytest.mark.parametrize("address", OUTSIDE.values())
def test_a_page_outside(windows: Windows, address: str) -> None:
    page = windows.open(storage_state=None)
    page.goto(address)
    assert not list(faults(page))


def test_what_is_rejected(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/post/new/")
    page.get_by_label("Body").fill("W" * 141)
    page.get_by_role("combobox", name="Author").fill("nobody")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Nothing was saved yet").wait_for()
    assert not list(faults(page))


def test_faults_are_found(windows: Windows) -> None:
    page = windows.open()
    page.goto("/admin/")
    page.evaluate("""() => {
        const wide = document.createElement("img");
        wide.width = 2000;
        document.querySelector("main").append(wide);
    }""")
    found = " ".join(map(str, faults(page)))
    assert "image-alt" in found
    assert "IMG" in found
    page.evaluate("document.body.setAttribute('onclick', 'alert()')")
    assert "Content Security Policy" in windows.complaints.pop()


def faults(page: Page) -> Iterator[Any]:
    """What is wrong with the page that is shown, in every scheme and at both widths."""
    page.evaluate(Axe().axe_script)
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            # A colour on its way into another is neither.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for violation in page.evaluate(RUN[scheme])["violations"]:
                where = [node["html"] for node in violation["nodes"][:3]]
                yield scheme, width, violation["id"], violation["help"], where
    yield from too_wide(page)


def too_wide(page: Page) -> Iterator[Any]:
    """Where one would have to scroll sideways."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 760})
        if found := page.evaluate(OVERFLOW):
            yield width, "wider than the screen", found
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.evaluate(LARGE_TEXT)
    if found := page.evaluate(OVERFLOW):
        yield "with text of 200%, wider than the screen", found
