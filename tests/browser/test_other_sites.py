"""What another site can do to somebody who is signed in; and cookies that are for one host alone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from backoffice.models import User
from tests.browser.conftest import Windows, serving, sign_in

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>Prizes</title>
<a href="{console}/admin/user/">Users</a>
<form method="post" action="{console}/admin/theme/"><button name="theme" value="dark">Prize</button></form>
<iframe src="{console}/login"></iframe>
<img src="{console}/admin/user/">
<script src="{console}/admin/palette/?query=s"></script>
"""


@pytest.fixture
def app(app: Flask) -> Flask:
    """A console whose cookies are those of production; browsers take localhost for HTTPS."""
    app.config.update(
        COOKIE_PREFIX="__Host-", SESSION_COOKIE_NAME="__Host-backoffice_session", SESSION_COOKIE_SECURE=True
    )
    return app


@pytest.fixture
def elsewhere(address: str) -> Iterator[str]:
    """The address of a page of another site."""
    site = Flask("elsewhere")
    site.add_url_rule("/", "page", lambda: PAGE.format(console=address))
    with serving(site) as other:
        yield other.replace("localhost", "127.0.0.1")


def refused(log: pytest.LogCaptureFixture) -> int:
    """How many requests were, because of where they came from."""
    return sum(message.endswith("refused: origin") for message in log.messages)


def test_another_site_may_link_and_nothing_else(
    page: Page, elsewhere: str, susan: User, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(page)
    other = page.context.new_page()
    other.goto(elsewhere, wait_until="networkidle")
    assert refused(caplog) == 3  # the frame, the picture and the script
    other.get_by_role("button", name="Prize").click()
    expect(other.get_by_role("heading", name="You may not do this")).to_be_visible()
    expect(other.get_by_text("Another site sent you here")).to_be_visible()
    assert refused(caplog) == 4
    other.goto(elsewhere)
    other.get_by_role("link", name="Users").click()
    expect(other.get_by_role("heading", name="Users")).to_be_visible()
    assert other.locator("html").get_attribute("data-theme") is None


def test_cookies_of_production_work_in_a_browser(fresh_windows: Windows, susan: User) -> None:
    page = fresh_windows.open(timezone_id="Asia/Tokyo")
    sign_in(page)
    page.get_by_role("group", name="Colours").get_by_role("button", name="Dark").click()
    page.goto("/admin/user/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    expect(page.get_by_text("Tokyo")).to_be_visible()
    cookies = page.context.cookies()
    assert {cookie["name"] for cookie in cookies} == {
        "__Host-backoffice_session",
        "__Host-backoffice_browser",
        "__Host-theme",
        "__Host-zone",
    }
    assert all(cookie["secure"] and cookie["path"] == "/" for cookie in cookies)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert page.locator("html").get_attribute("data-theme") == "dark"
