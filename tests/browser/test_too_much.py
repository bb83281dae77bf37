"""A form that is larger than the console takes, sent by a real browser to the server of production."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.browser.conftest import sign_in
from tests.commands.served import served

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("susan")]
MUCH = "much " * 600_000


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    with served(DATABASE_URL=url.render_as_string(hide_password=False)) as server:
        yield f"http://localhost:{server.port}"


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_said_and_what_was_typed_is_still_there(chromium: Browser, address: str, scripts: bool) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page)
    page.goto("/admin/post/new/")
    page.get_by_label("Body").fill(MUCH)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="This is too much at once")).to_be_visible()
    expect(page.get_by_text("what you typed is still there")).to_be_visible()
    page.go_back()
    assert page.get_by_label("Body").input_value() == MUCH
    context.close()
