"""Make the pictures in docs/images again: python docs/screenshots.py (wants Chromium).

A console on a temporary database with sample data, looked at by a real browser.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, StorageState, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import config  # noqa: E402
from backoffice import create_app  # noqa: E402
from backoffice.clock import utcnow  # noqa: E402
from backoffice.commands import sample  # noqa: E402
from backoffice.extensions import db  # noqa: E402
from backoffice.models import Administrator, Post, User  # noqa: E402

IMAGES = ROOT / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PASSWORD = "correct horse battery"  # noqa: S105 (of a database that is gone afterwards)
DESK, PHONE = (1120, 630), (390, 780)
USERS, POSTS = 300, 9_600


def main() -> None:
    """Make all of them."""
    IMAGES.mkdir(exist_ok=True)
    with console() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        state = sign_in(browser, address)

        def window(size: tuple[int, int], scheme: str) -> Page:
            context = browser.new_context(
                base_url=address,
                viewport={"width": size[0], "height": size[1]},
                color_scheme=scheme,  # type: ignore[arg-type]
                storage_state=state,
                reduced_motion="reduce",
            )
            return context.new_page()

        for scheme in ("light", "dark"):
            page = window(DESK, scheme)
            page.goto("/admin/")
            save(page, f"dashboard-{scheme}")
            page.goto("/admin/post/?search=bicycle")
            tick_rows(page)
            save(page, f"list-{scheme}")
            page.get_by_role("button", name="Delete…").first.click()
            page.get_by_role("link", name="Keep them").wait_for()
            save(page, f"confirm-{scheme}")
        page = window(PHONE, "light")
        page.goto("/admin/post/?search=bicycle")
        save(page, "phone")
        browser.close()


@contextmanager
def console() -> Iterator[str]:
    """Serve a console with sample data; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            config.load(
                {
                    "BACKOFFICE_ENV": "testing",
                    "SECRET_KEY": "k" * 40,
                    "DATABASE_URL": f"sqlite:///{folder}/screenshots.db",
                }
            )
        )
        furnish(app)
        server = make_server("localhost", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.port}"
        server.shutdown()
        thread.join()
        server.server_close()


def furnish(app: Flask) -> None:
    """An administrator, and the same users and posts each time, up to now."""
    random = Random(7)  # noqa: S311 (sample data, not secrets)
    with app.app_context():
        upgrade()
        susan = User(username="susan", email="susan@example.com")
        susan.set_password(PASSWORD)
        names = sample.usernames(random)
        users = [User(username=name, email=f"{name}@example.com") for name in islice(names, USERS)]
        db.session.add_all([susan, *users])
        db.session.flush()
        db.session.add(Administrator(user_id=susan.id, username="susan", role="administrator"))
        authors = [user.id for user in users]
        db.session.execute(db.insert(Post), list(sample.posts(random, POSTS, authors, utcnow())))
        db.session.commit()
        db.engine.dispose()


def sign_in(browser: Browser, address: str) -> StorageState:
    """What a browser holds in which susan is signed in."""
    page = browser.new_context(base_url=address).new_page()
    page.goto("/login")
    page.get_by_label("Username or email").fill("susan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/**")
    return page.context.storage_state()


def tick_rows(page: Page) -> None:
    """Choose three of the rows."""
    for row in (1, 2, 4):
        page.locator("tbody [name=rowid]").nth(row).check()


def save(page: Page, name: str) -> None:
    """Write what the window shows."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"{name}.png, {(IMAGES / f'{name}.png').stat().st_size // 1024} KB")  # noqa: T201


if __name__ == "__main__":
    main()
