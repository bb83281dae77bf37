"""Using the pages over HTTP, as a browser without JavaScript does."""

import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


# What is drawn anew for each page: its token, and what it asks passkeys for.
BY_CHANCE = re.compile(r'(name="(csrf_token|challenge|_submission)" value|data-options)="[^"]+"')


def without_chance(page: str) -> str:
    """A page without what differs whenever it is made."""
    return BY_CHANCE.sub("", page)


def token_of(page: TestResponse) -> str:
    """The CSRF token of the first form of a page."""
    found = TOKEN.search(page.text)
    assert found, f"no form on {page.request.path}: {page.status}"
    return found[1]


def submit(
    client: FlaskClient, page_url: str, action_url: str | None = None, /, **fields: object
) -> TestResponse:
    """Open a page and send its form, to another address if one is given."""
    token = token_of(client.get(page_url))
    return client.post(action_url or page_url, data={"csrf_token": token, **fields})


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> TestResponse:
    """Sign in; the answer is a redirect into the console."""
    answer = submit(client, "/login", username=username, password=password)
    assert answer.status_code in (302, 303), answer.text
    return answer


class _Forms(HTMLParser):
    """The forms of a page that are sent: where each goes, and what it sends as it is."""

    def __init__(self, page: TestResponse) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, object]]] = []
        self._is_open = False
        self._here = page.request.full_path.removesuffix("?")
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: text or "" for name, text in attrs}
        if tag == "form":
            self._is_open = found.get("method") == "post"
            if self._is_open:
                self.forms.append((found.get("action") or self._here, {}))
        elif (
            tag == "input"
            and "name" in found
            and self._is_open
            and found.get("type") not in ("checkbox", "radio")
        ):
            self.forms[-1][1][found["name"]] = found.get("value", "")


def form_of(page: TestResponse, to: str = "") -> tuple[str, dict[str, object]]:
    """The last form of a page that goes to such an address: the whole of that, and what it sends as it is."""
    forms = [form for form in _Forms(page).forms if to in form[0]]
    assert forms, f"no such form on {page.request.path}: {page.status}"
    return forms[-1]
