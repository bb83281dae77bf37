"""A real browser before a real server."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from backoffice import create_app
from backoffice.extensions import db
from backoffice.models import User
from tests.browser.places import Furnished, furnish
from tests.conftest import PASSWORD, add_administrator, settings
from tests.databases import copied_database, missing

# The first one has no windows to draw, which are most of the work of the others.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
NAMED = os.environ.get("CHROMIUM")
CHROMIUM = next(filter(None, map(shutil.which, [NAMED] if NAMED else PROGRAMS)), None)
# As root, in a container, and without asking anybody outside for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# A machine that is busy with other tests is slow; what does not come at all is found all the same.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser that Debian's package brings."""
    if CHROMIUM is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def app(migrated: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """An application on SQLite: what a browser sees is the same on every database."""
    with copied_database(migrated("sqlite"), tmp_path) as url:
        app = create_app(settings(url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application; gives its address."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application of one test is served."""
    with serving(app) as address:
        yield address


class Windows:
    """Windows of new browsers, closed at the end; every error of a script or of the content policy counts."""

    def __init__(self, chromium: Browser, address: str, state: StorageState | None = None) -> None:
        self.complaints: list[str] = []
        self._chromium, self._address, self._state = chromium, address, state
        self._contexts: list[BrowserContext] = []

    def open(self, *, width: int = 1240, height: int = 760, **options: Any) -> Page:
        """A window of this size; `options` are those of a browser context."""
        options = {"locale": "en-GB", "timezone_id": "UTC", "storage_state": self._state, **options}
        size: ViewportSize = {"width": width, "height": height}
        context = self._chromium.new_context(base_url=self._address, viewport=size, **options)
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        # An answer such as 404 or 422 is meant.
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def close(self) -> None:
        """Close them all."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def fresh_windows(chromium: Browser, address: str) -> Iterator[Windows]:
    """Windows in which nobody is signed in, before a database of the test's own without rows."""
    windows = Windows(chromium, address)
    yield windows
    windows.close()
    assert not windows.complaints


@pytest.fixture
def page(fresh_windows: Windows) -> Page:
    """One of them."""
    return fresh_windows.open()


@pytest.fixture(scope="session")
def furnished(
    migrated: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A served console with sample data, for all tests that change none of it."""
    with copied_database(migrated("sqlite"), tmp_path_factory.mktemp("furnished")) as url:
        app = create_app(settings(url))
        with serving(app) as address:
            yield furnish(app, address)
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def signed_in_state(chromium: Browser, furnished: Furnished) -> StorageState:
    """What a browser holds in which susan is signed in."""
    windows = Windows(chromium, furnished.address)
    page = windows.open()
    sign_in(page)
    state = page.context.storage_state()
    windows.close()
    assert not windows.complaints
    return state


@pytest.fixture
def windows(chromium: Browser, furnished: Furnished, signed_in_state: StorageState) -> Iterator[Windows]:
    """Windows in which susan is signed in, before the sample data."""
    windows = Windows(chromium, furnished.address, signed_in_state)
    yield windows
    windows.close()
    assert not windows.complaints


@pytest.fixture
def susan(app: Flask) -> User:
    """An administrator, in the database of the test's own."""
    return add_administrator("susan", "administrator")


def sign_in(page: Page) -> None:
    """Sign susan in, as a person does."""
    page.goto("/")
    page.get_by_label("Username or email").fill("susan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
