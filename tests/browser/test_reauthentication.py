"""Showing again who one is, in a browser: what was being done goes on after, and a file comes by itself."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Administrator, AdminSession, User
from tests.browser.conftest import sign_in
from tests.browser.test_every_page import faults
from tests.conftest import PASSWORD, add_administrator

pytestmark = pytest.mark.browser


def age() -> None:
    db.session.rollback()
    db.session.execute(update(AdminSession).values(proved_at=utcnow() - timedelta(hours=1)))
    db.session.commit()


def authenticate_again(page: Page, password: str = PASSWORD) -> None:
    expect(page.get_by_role("heading", name="Is this you?")).to_be_visible()
    field = page.get_by_label("Password of susan")
    field.fill(password)
    field.press("Enter")


def test_what_was_being_done_goes_on(app: Flask, page: Page, susan: User) -> None:
    add_administrator("john", "editor")
    sign_in(page)
    age()
    page.goto("/admin/administrator/")
    page.get_by_text("More for john").locator("..").click()
    page.get_by_role("link", name="Change role…").click()
    page.get_by_label("Viewer").check()
    page.get_by_role("button", name="Change role").click()
    expect(page.get_by_label("Password of susan")).to_be_focused()
    assert not list(faults(page))
    authenticate_again(page, "a wrong password")
    expect(page.get_by_role("alert")).to_contain_text("This is not your password.")
    authenticate_again(page)
    expect(page.get_by_text("john has another role now.")).to_be_visible()
    db.session.rollback()
    roles = select(Administrator.role).where(Administrator.username == "john")
    assert db.session.scalars(roles).one() == "viewer"
    age()
    page.goto("/admin/user/")
    page.locator("summary", has_text="Export").click()
    page.get_by_role("link", name="CSV").click()
    with page.expect_download() as download:
        authenticate_again(page)
    assert download.value.suggested_filename.startswith("user-")
    expect(page.get_by_role("heading", name="Your file is on its way")).to_be_visible()
    assert not list(faults(page))
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
