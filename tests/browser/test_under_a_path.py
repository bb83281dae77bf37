"""The console under a path of a host, behind a real nginx, in both ways that docs/deploying.md shows.

What a browser asks for, and what its pages could lead it to, never leaves the path.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from backoffice import create_app
from backoffice.extensions import db
from tests.browser.conftest import Windows
from tests.browser.keyboard import press
from tests.browser.nginx import Nginx, documented, in_front_of
from tests.browser.places import OUTSIDE, PLACES, furnish
from tests.commands.served import served
from tests.conftest import PASSWORD, settings
from tests.databases import copied_database

pytestmark = pytest.mark.browser

ROOT = "/ops"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2
NEW = "a new password, long enough"
# What stands in the location of nginx, and what is otherwise than in the document; and the setting with it.
WAYS: dict[str, tuple[str, tuple[str, str], dict[str, str]]] = {
    "the proxy says what it took away": (
        "proxy_pass http://console/;",
        ('X-Forwarded-Prefix ""', f"X-Forwarded-Prefix {ROOT}"),
        {},
    ),
    "the setting": ("proxy_pass http://console;", ("", ""), {"APPLICATION_ROOT": ROOT}),
}
# The attributes of a page that hold an address of this host, but those below the path.
ASTRAY = """(root) => [...document.querySelectorAll("*")]
    .flatMap((each) => [...each.attributes].map(({ name, value }) => `${each.tagName} ${name}=${value}`))
    .filter((text) => /(=|url=)([/]|http:)/.test(text))
    .filter((text) => !RegExp(`=(${location.origin})?${root}(/|$|[?#])`).test(text))
    .filter((text) => !text.includes("xmlns"))"""


class Console(NamedTuple):
    """Where it is for browsers, the nginx before it, and what its pages are about."""

    address: str
    nginx: Nginx
    questions: dict[str, str]


@pytest.fixture(scope="module")
def furnished_database(
    migrated: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, str]]]:
    """A database with sample data, and the questions that wait in it."""
    with copied_database(migrated("sqlite"), tmp_path_factory.mktemp("below")) as url:
        app = create_app(settings(url, SECRET_KEY=KEY))
        yield url, furnish(app, "").questions
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module", params=WAYS)
def console(
    request: pytest.FixtureRequest,
    furnished_database: tuple[str, dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Console]:
    """A console as in production, below ROOT. Browsers take localhost for HTTPS."""
    location, (of_document, instead), root = WAYS[request.param]
    url, questions = furnished_database
    production = {"BACKOFFICE_ENV": "production", "SECRET_KEY": KEY, "SECOND_FACTOR_ROLES": "none"}
    server = documented(location).replace(of_document, instead)
    with (
        served(DATABASE_URL=url, TRUSTED_PROXIES="1", **production, **root) as behind,
        in_front_of(behind.port, tmp_path_factory.mktemp("nginx"), server) as nginx,
    ):
        yield Console(f"{nginx.address}{ROOT}", nginx, questions)


@pytest.fixture
def windows(chromium: Browser, console: Console) -> Iterator[Windows]:
    """Windows of new browsers; whatever they ask for outside of the path counts as an error."""
    windows = Windows(chromium, console.address)
    yield windows
    windows.close()
    assert not windows.complaints
    assert not [path for path in console.nginx.asked() if not f"{path}/".startswith(f"{ROOT}/")]


def open_page(windows: Windows, console: Console, address: str = "") -> Page:
    """A new window at a page of the console, before which nobody believes what the browser says."""
    page = windows.open(extra_http_headers={"X-Forwarded-Prefix": "/said/by/the/browser"})
    page.on("request", lambda sent: ask_below(windows, console, sent.url))
    page.goto(f"{console.address}{address}")
    return page


def ask_below(windows: Windows, console: Console, url: str) -> None:
    if not f"{url}/".startswith((f"{console.address}/", "data:")):
        windows.complaints.append(f"asked for {url}")


def sign_in(page: Page, name: str = "susan", password: str = PASSWORD) -> None:
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def check_addresses(page: Page, console: Console) -> None:
    """Every address that the page holds, and the one that it is at, is below the path."""
    assert page.evaluate(ASTRAY, ROOT) == [], page.url
    assert page.url.startswith(f"{console.address}/")
    assert {cookie["path"] for cookie in page.context.cookies()} <= {ROOT}


def test_every_page(windows: Windows, console: Console) -> None:
    page = open_page(windows, console)
    for address in OUTSIDE.values():
        page.goto(f"{console.address}{address}")
        check_addresses(page, console)
    page.goto(f"{console.address}/admin/nothing/")
    page.get_by_role("link", name="To the console").click()
    sign_in(page)
    for address, *_others in PLACES.values():
        page.goto(console.address + address.format(**console.questions), wait_until="domcontentloaded")
        check_addresses(page, console)


def test_a_days_work(windows: Windows, console: Console) -> None:
    page = open_page(windows, console, "/admin/post/?search=a")
    assert page.url == f"{console.address}/login?next={ROOT}/admin/post/?search%3Da"
    sign_in(page)
    expect(page).to_have_url(f"{console.address}/admin/post/?search=a")

    press(page, "Control+k")
    page.keyboard.type("new post")
    option = page.get_by_role("option", name="New post", exact=True)
    expect(option).to_have_attribute("aria-selected", "true")
    check_addresses(page, console)
    press(page, "Enter")
    page.get_by_role("combobox", name="Author").fill("jo")
    page.get_by_role("option", name="john").first.click()
    one, two = (f"{number} at {urlsplit(console.address).port}" for number in ("one", "two"))
    page.get_by_label("Body").fill(one)
    with page.expect_response("**/admin/post/draft/**") as kept:
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert kept.value.status == 204
    page.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_text(f"{one} was created.")).to_be_visible()
    page.get_by_label("Body").fill(two)
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_role("searchbox").fill(one.rpartition(" ")[2])
    page.keyboard.press("Enter")
    page.get_by_label(f"Select {one}").check()
    page.get_by_label(f"Select {two}").check()
    page.get_by_role("button", name="Delete…").first.click()
    check_addresses(page, console)
    page.get_by_role("button", name="Delete 2 posts").click()
    expect(page.get_by_text("2 posts deleted.")).to_be_visible()
    check_addresses(page, console)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 changes undone.")).to_be_visible()
    check_addresses(page, console)


def test_what_scripts_do(windows: Windows, console: Console) -> None:
    page = open_page(windows, console)
    sign_in(page)
    with page.expect_response(f"{console.address}/admin/theme/"):
        page.get_by_role("group", name="Colours").get_by_role("button", name="Dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    cookies = {cookie["name"]: cookie["path"] for cookie in page.context.cookies()}
    names = ("backoffice_session", "backoffice_browser", "theme", "zone")
    assert cookies == {f"__Secure-{name}": ROOT for name in names}

    page.goto(f"{console.address}/admin/user/?search=john")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert urlsplit(download.value.url).path == f"{ROOT}/admin/user/export/csv/"
    assert "john" in Path(download.value.path()).read_text()

    with page.expect_response("**/admin/history/progress/**") as progress:
        page.goto(f"{console.address}/admin/history/details/?id={console.questions['waiting']}")
    assert progress.value.ok


def test_a_link_for_a_new_password(windows: Windows, console: Console) -> None:
    page = open_page(windows, console)
    sign_in(page)
    page.goto(f"{console.address}/admin/user/password/?id=2")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link").input_value()
    assert link.startswith(f"{console.address}/password#")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{console.address}/login")

    other = open_page(windows, console)
    other.goto(link)
    other.get_by_label("New password", exact=True).fill(NEW)
    other.get_by_label("New password, again").fill(NEW)
    other.get_by_role("button", name="Set password").click()
    expect(other.get_by_text("Your new password is set. Please sign in with it.")).to_be_visible()
    sign_in(other, "john", NEW)
    check_addresses(other, console)


def test_what_is_too_much_is_said_by_the_console(console: Console) -> None:
    """Not by nginx, which would stop sooner by itself."""
    much = b"body=" + b"much " * 600_000
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{console.address}/login", much)
    assert refused.value.status == 413
    assert "This is too much at once" in refused.value.read().decode()
