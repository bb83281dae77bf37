"""Messages are seen, and heard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

# What screen readers hear of: changes of a status after it was there.
ANNOUNCED = """
    window.announced = [];
    addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
        const statuses = changes.map(({target}) => target).filter((one) => one.closest?.("[role=status]"));
        announced.push(...statuses.map((one) => one.textContent));
    }).observe(document.body, {childList: true, subtree: true}));
"""


def test_a_message_is_announced_once_it_is_there(windows: Windows) -> None:
    page = windows.open()
    page.add_init_script(ANNOUNCED)
    page.goto("/admin/post/")
    page.get_by_role("button", name="Delete…").first.click()
    message = page.locator(".message p")
    expect(message).to_contain_text("Nothing was selected")
    page.wait_for_timeout(600)
    assert message.text_content() in page.evaluate("window.announced.map((words) => words.trim())")
