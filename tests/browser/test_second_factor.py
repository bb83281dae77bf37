"""A second factor as people set one up and use it: an app without a script, passkeys of a virtual device."""

import re
from datetime import UTC

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Authenticator, User
from tests.browser.conftest import Windows
from tests.browser.test_every_page import faults
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def enter_password(page: Page) -> None:
    page.get_by_label("Username or email").fill("susan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_inside(page: Page) -> None:
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(utcnow().replace(tzinfo=UTC))


def test_an_app_without_a_script(app: Flask, fresh_windows: Windows, susan: User) -> None:
    app.config["SECOND_FACTOR_ROLES"] = ["administrator"]
    page = fresh_windows.open(java_script_enabled=False)
    page.goto("/admin/post/")
    enter_password(page)
    expect(page.get_by_text("Your role requires a second factor")).to_be_visible()
    page.get_by_role("link", name="Set up an app…").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = "".join(page.locator(".secret span").all_inner_texts())
    page.get_by_label("The code that the app shows now").fill("000000")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_text("This is not the code that the app shows now").first).to_be_visible()
    page.get_by_label("The code that the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Set up").click()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect_inside(page)

    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/post/")
    enter_password(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    db.session.execute(update(Authenticator).values(last_step=0))  # half a minute passes
    db.session.commit()
    page.get_by_label("Code").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    enter_password(page)
    page.get_by_label("Code").fill(codes[4].lower())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You used a recovery code. 9 are left.")).to_be_visible()


@pytest.fixture
def page_with_device(fresh_windows: Windows, susan: User) -> Page:
    """A page of a browser that has a device for passkeys."""
    page = fresh_windows.open()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def test_a_passkey(page_with_device: Page, address: str) -> None:
    page = page_with_device
    page.goto("/")
    enter_password(page)
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Authenticator app, passkeys, recovery codes").click()
    expect(page.get_by_text("this page needs JavaScript")).to_be_hidden()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Your passkey was added.")).to_be_visible()
    assert not list(faults(page))
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_label("Passkey 1").fill("This machine")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("The name was saved.")).to_be_visible()
    assert not list(faults(page))
    page.get_by_role("button", name="Add a passkey").click()  # the device has one already
    expect(page.get_by_text("No passkey was used.")).to_be_visible()

    # Instead of a password
    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/post/")
    page.get_by_label("Keep me signed in").check()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()

    # Beside it, from the keyboard
    page.get_by_role("button", name="Sign out").click()
    enter_password(page)
    expect(page.get_by_text("The password of susan was right.")).to_be_visible()
    assert not list(faults(page))
    page.get_by_role("button", name="Use a passkey").press("Enter")
    expect_inside(page)
    page.goto("/admin/second-factor/")
    expect(page.get_by_label("Passkey 1")).to_have_value("This machine")
    expect(page.get_by_text("last used on")).to_be_visible()
    page.get_by_role("button", name="Remove This machine").click()
    expect(page.get_by_text("Your passkey was removed.")).to_be_visible()


def test_an_old_browser_and_a_page_that_was_open_for_long(page_with_device: Page) -> None:
    page = page_with_device
    # What browsers of before 2025 lack, and a clock that can be set.
    page.add_init_script("""
        delete PublicKeyCredential.parseCreationOptionsFromJSON;
        delete PublicKeyCredential.parseRequestOptionsFromJSON;
        delete PublicKeyCredential.prototype.toJSON;
    """)
    page.clock.install()
    page.goto("/")
    enter_password(page)
    expect_inside(page)
    page.goto("/admin/second-factor/")
    page.clock.fast_forward("05:00")
    with page.expect_request(lambda request: request.resource_type == "fetch"):
        page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_inside(page)


def test_by_a_number_there_are_no_passkeys_but_the_way_to_them(page_with_device: Page, address: str) -> None:
    page = page_with_device
    page.goto(address + "/login")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    page.goto(re.sub("localhost", "127.0.0.1", address) + "/login")
    expect(page.get_by_text("Browsers allow passkeys on localhost, not on 127.0.0.1.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    page.get_by_role("link", name="Go to localhost").click()
    expect(page).to_have_url(address + "/login")
