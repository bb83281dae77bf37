"""Times and words in a browser that is somewhere else and speaks another language."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from backoffice.extensions import db
from backoffice.models import Post, User
from tests.conftest import PASSWORD, add_administrator

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("susan")]


@pytest.fixture
def susan(app: object) -> User:
    return add_administrator("susan", "administrator")


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A window of a browser with a language and a time zone of its own, in which susan is signed in."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(locale: str, zone: str, *, scripts: bool = True) -> Page:
        contexts.append(
            chromium.new_context(
                base_url=address, locale=locale, timezone_id=zone, java_script_enabled=scripts
            )
        )
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto("/login")
        page.locator("#username").fill("susan")
        page.locator("#password").fill(PASSWORD)
        page.locator("form button.btn-primary").click()
        page.wait_for_url("/admin/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not [one for one in complaints if "status of 4" not in one]  # an answer such as 422 is meant


def add_post(timestamp: datetime) -> int:
    post = Post(body="hello", timestamp=timestamp)
    db.session.add(post)
    db.session.commit()
    return post.id


def stored() -> list[datetime | None]:
    db.session.rollback()
    return list(db.session.scalars(select(Post.timestamp).order_by(Post.id)))


def test_the_first_page_shows_the_browsers_own_time(open_page: Callable[..., Page]) -> None:
    add_post(datetime(2024, 5, 31, 22, 30, 15, 123456))
    page = open_page("en-GB", "Europe/Madrid")
    expect(page.get_by_text("times in Europe/Madrid")).to_be_visible()
    page.goto("/admin/post/")
    shown = page.locator("tbody time")
    expect(shown).to_have_text("1 Jun 2024, 00:30")
    expect(shown).to_have_attribute("datetime", "2024-05-31T22:30:15.123456Z")
    page.goto("/admin/post/?timestamp_between=2024-06-01..2024-06-01")
    expect(shown).to_have_count(1)


@pytest.mark.parametrize("meant", ["2024-10-27 02:30:00+02:00", "2024-10-27 02:30:00+01:00"])
def test_a_time_that_exists_twice_is_asked_about(open_page: Callable[..., Page], meant: str) -> None:
    page = open_page("en-GB", "Europe/Madrid")
    page.goto("/admin/post/new/")
    page.get_by_label("Body").fill("at night")
    page.get_by_label("Timestamp").fill("2024-10-27 02:30:00")
    page.get_by_role("button", name="Save", exact=True).click()
    choice = page.get_by_role("group", name="Which time is meant?")
    expect(choice.get_by_role("radio")).to_have_count(2)
    assert stored() == []
    choice.get_by_label(meant).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("at night was created.")).to_be_visible()
    moment = datetime.fromisoformat(meant).astimezone(UTC).replace(tzinfo=None)
    assert stored() == [moment]

    page.get_by_role("link", name="at night").click()
    expect(page.get_by_label("Timestamp")).to_have_value(meant)
    page.get_by_label("Body").fill("later")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("later was saved.")).to_be_visible()
    assert stored() == [moment]


def test_a_spanish_browser_reads_spanish(open_page: Callable[..., Page]) -> None:
    add_post(datetime(2024, 1, 31, 22, 30))
    page = open_page("es-ES", "Europe/Madrid")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", name="Panel")).to_be_visible()
    page.goto("/admin/post/")
    expect(page.get_by_role("heading", name="Publicaciones")).to_be_visible()
    expect(page.locator("tbody time")).to_have_text("31 ene 2024, 23:30")
    page.get_by_label("Seleccionar hello").check()
    expect(page.get_by_text("Selección: 1")).to_be_visible()


def test_a_choice_is_kept_without_scripts(open_page: Callable[..., Page]) -> None:
    add_post(datetime(2024, 5, 31, 22, 30))
    page = open_page("es-ES", "Europe/Madrid", scripts=False)
    expect(page.get_by_text("horas en UTC")).to_be_visible()
    page.goto("/admin/account/")
    page.get_by_label("Zona horaria").select_option("Asia/Kathmandu")
    page.get_by_label("Idioma").select_option("en")
    page.get_by_role("button", name="Guardar preferencias").click()
    expect(page.get_by_text("Your time zone and language were saved.")).to_be_visible()
    page.goto("/admin/post/")
    expect(page.locator("tbody time")).to_have_text("1 Jun 2024, 04:15")
    expect(page.locator("th .zone")).to_have_text("Kathmandu")
    expect(page.locator("th .zone")).to_have_attribute("title", "Asia/Kathmandu")
