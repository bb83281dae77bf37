"""Choosing a password with a link: its code never leaves the browser but in the form, script or not."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from backoffice.extensions import db
from backoffice.models import User
from tests.browser.conftest import Windows, sign_in
from tests.conftest import add_administrator

pytestmark = pytest.mark.browser

NEW = "a new password, long enough"


@pytest.fixture
def link(fresh_windows: Windows, susan: User) -> str:
    """A link for john, from the page on which it is made."""
    john = add_administrator("john", "administrator").id
    page = fresh_windows.open(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page)
    page.goto(f"/admin/user/password/?id={john}")
    expect(page.get_by_label("New password")).to_have_count(0)
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("Link").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    return address


def set_password(page: Page, password: str) -> None:
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password, again").fill(password)
    page.get_by_role("button", name="Set password").click()


def test_the_code_goes_from_the_address_into_the_form(fresh_windows: Windows, link: str) -> None:
    code, said = link.partition("#")[2], list[str]()

    def hear(request: Request) -> None:
        said.append(f"{request.url.partition('#')[0]} {request.headers.get('referer')}")

    page = fresh_windows.open()
    page.on("request", hear)
    page.goto(link)
    page.wait_for_url(re.compile(r"/password$"))
    expect(page.get_by_label("Code")).to_be_hidden()
    field = page.get_by_label("New password", exact=True)
    field.fill("too short")
    page.get_by_role("button", name="Show").first.click()
    expect(field).to_have_attribute("type", "text")
    set_password(page, "too short")
    expect(page.get_by_text("at least 12").first).to_be_visible()
    expect(field).to_have_attribute("type", "password")
    expect(page.get_by_label("Code")).to_be_hidden()
    set_password(page, NEW)
    expect(page.get_by_text("Your new password is set. Please sign in with it.")).to_be_visible()
    assert len(said) > 3
    assert not [address for address in said if code in address]
    page.goto(link)
    set_password(page, NEW)
    expect(page.get_by_label("Code")).to_be_visible()
    expect(page.get_by_text("Please ask for a new one.").first).to_be_visible()


def test_without_a_script_it_is_pasted(fresh_windows: Windows, link: str) -> None:
    page = fresh_windows.open(java_script_enabled=False)
    page.goto(link)
    page.get_by_label("Code").fill(link)
    set_password(page, NEW)
    expect(page.get_by_text("Your new password is set. Please sign in with it.")).to_be_visible()
    db.session.rollback()
    john = db.session.query(User).filter_by(username="john").one()
    assert john.check_password(NEW)
