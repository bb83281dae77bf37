"""Using the pages over HTTP, as a browser without JavaScript does."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


# What is drawn anew for each page: its token, and what it asks passkeys for.
BY_CHANCE = re.compile(r'(name="(csrf_token|challenge)" value|data-options)="[^"]+"')


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
