"""Every page, and what forms answer, read in English and in Spanish: no sentence is in the other language."""

import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any, NamedTuple

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backoffice.console.presenters.locale import TRANSLATIONS
from backoffice.extensions import db
from backoffice.models import Post
from tests.browser.places import OUTSIDE, PLACES, Furnished, furnish
from tests.browsing import form_of, sign_in

ATTRIBUTES = (
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "data-label",
    "data-kept",
    "data-lost",
    "data-copied",
)
GAP = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
WORD = re.compile(r"[^\W\d_]{2,}")
# A text of so many words is looked for within a longer one; a shorter one has to stand alone.
ENOUGH_WORDS = 3
# Of so many letters is what stands between gaps in any language.
SHORT_WORDS = 4


class Texts(HTMLParser):
    """What a page says: its texts, and those of its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "samp", "textarea")
        self.said += [text for name, text in attrs if name in ATTRIBUTES and text]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "samp", "textarea")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data)


def said(page: TestResponse) -> Iterator[str]:
    """What a page says, without what stands in the rows of posts."""
    bodies = {" ".join(body.split()) for body in db.session.scalars(select(Post.body).distinct())}
    for text in Texts(page.text).said:
        words = " ".join(html.unescape(text).split())
        for body in bodies:
            words = words.replace(body, "…").replace(f"{body[:59]}…", "…")
        if words:
            yield words


class Sentence(NamedTuple):
    """A text of a catalogue: how it is found, and whether within others too."""

    source: str
    pattern: re.Pattern[str]
    within: bool


@cache
def sentences() -> dict[str, list[Sentence]]:
    """The texts of each language that are others in the other one."""
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="es")
    found: dict[str, list[Sentence]] = {"en": [], "es": []}
    for message in catalogue:
        texts = {"en": strings_of(message.id), "es": strings_of(message.string)}
        for language, other in (("en", "es"), ("es", "en")):
            found[language] += [sentence(text) for text in texts[language] if text not in texts[other]]
    return {language: [one for one in each if is_telling(one)] for language, each in found.items()}


def strings_of(text: Any) -> tuple[str, ...]:
    """Of a text with a plural, both."""
    return (text,) if isinstance(text, str) else tuple(text)


def sentence(text: str) -> Sentence:
    literal = GAP.split(" ".join(text.replace("%%", "%").split()))
    pattern = r"(?<!\w)" + ".+?".join(map(re.escape, literal)) + r"(?!\w)"
    longest = max(len(WORD.findall(part)) for part in literal)
    return Sentence(text, re.compile(pattern, re.DOTALL), longest >= ENOUGH_WORDS)


def is_telling(one: Sentence) -> bool:
    """Whether there is a word in it that says more than "on" or "of" between two gaps."""
    words = WORD.findall(GAP.sub(" ", one.source))
    return bool(words) and (not GAP.search(one.source) or len("".join(words)) > SHORT_WORDS)


def in_other_language(page: TestResponse, language: str) -> list[tuple[str, str]]:
    """What a page says that is a text of the other language, and none of its own."""
    own, others = sentences()[language], sentences()["en" if language == "es" else "es"]
    texts = [text for text in said(page) if not any(one.pattern.fullmatch(text) for one in own)]
    return [(text, other.source) for text in texts for other in others if says(text, other)]


def says(text: str, one: Sentence) -> bool:
    return (one.pattern.search if one.within else one.pattern.fullmatch)(text) is not None


@pytest.fixture
def furnished(app: Flask) -> Furnished:
    return furnish(app, "")


@pytest.fixture(params=["en", "es"])
def reader(request: pytest.FixtureRequest, furnished: Furnished) -> tuple[FlaskClient, str]:
    """An administrator who reads the console in a language."""
    client = furnished.app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = request.param
    sign_in(client, "susan")
    return client, request.param


def test_every_page_says_all_in_one_language(reader: tuple[FlaskClient, str], furnished: Furnished) -> None:
    client, language = reader
    wrong = {}
    for addresses in PLACES.values():
        for address in addresses:
            page = client.get(address.format(**furnished.questions), follow_redirects=True)
            assert f'<html lang="{language}">' in page.text, address
            wrong[address] = in_other_language(page, language)
    for address in OUTSIDE.values():
        page = furnished.app.test_client().get(address, headers={"Accept-Language": language})
        wrong[address] = in_other_language(page, language)
    assert {address: texts for address, texts in wrong.items() if texts} == {}


# A page, which of its forms, and what is typed there.
FORMS: list[tuple[str, str, dict[str, object]]] = [
    ("/admin/post/new/", "/new/", {"body": "x" * 141, "author": "nobody", "timestamp": "soon"}),
    ("/admin/post/new/", "/new/", {"body": "hola", "author": "#3"}),
    ("/admin/user/new/", "/new/", {"username": "susan", "email": "no address"}),
    ("/admin/post/edit/?id=3", "/edit/", {"body": "hola otra vez"}),
    ("/admin/post/edit/?id=3", "/edit/", {}),
    ("/admin/post/", "/action/", {"action": "delete"}),
    ("/admin/post/", "/action/", {"action": "delete", "rowid": ["11", "12"]}),
    ("/admin/post/?author_is=susan", "/action/", {"action": "edit", "matching": "1"}),
    ("{post}", "/selection/", {}),
    ("{post}", "/selection/", {}),
    ("{user}", "/selection/", {}),
    ("/admin/history/undo/?id={edited}", "/undo/", {}),
    ("/admin/history/details/?id={waiting}", "/cancel/", {"id": "{waiting}"}),
    ("/admin/history/trash/?table=post", "/return/", {}),
    ("/admin/history/trash/?table=post", "/return/", {"rowid": "{deletion}"}),
    ("/admin/history/version/?id={edit}&side=before", "/version/", {"column": "body"}),
    ("/admin/administrator/grant/", "/grant/", {"username": "nobody", "role": "viewer"}),
    ("/admin/administrator/role/?id=2", "/role/", {"role": "viewer"}),
    ("/admin/administrator/second-factor/?id=2", "/second-factor/", {}),
    ("/admin/user/password/?id=3", "/password/", {"password": "short", "again": "other"}),
    ("/admin/user/password/?id=3", "/password-link/", {}),
    (
        "/admin/account/",
        "/account/",
        {"current_password": "wrong", "new_password": "a", "new_password_again": "b"},
    ),
    ("/admin/sessions/", "/sessions/", {}),
    ("/admin/administrator/revoke/?id=2", "/revoke/", {}),
]


def test_what_forms_answer_is_in_one_language(reader: tuple[FlaskClient, str], furnished: Furnished) -> None:
    client, language = reader
    wrong = {}
    for number, (address, to, typed) in enumerate(FORMS):
        page = client.get(address.format(**furnished.questions))
        if page.status_code != 200:  # it was answered by one before
            continue
        action, form = form_of(page, to)
        fields = {
            name: text.format(**furnished.questions) if isinstance(text, str) else text
            for name, text in typed.items()
        }
        answer = client.post(action, data=form | fields, follow_redirects=True)
        assert answer.status_code < 500, address
        wrong[number, address] = in_other_language(answer, language)
    assert {place: texts for place, texts in wrong.items() if texts} == {}


def test_what_is_in_the_other_language_is_found(client: FlaskClient) -> None:
    page = client.get("/login", headers={"Accept-Language": "es"})
    assert not in_other_language(page, "es")
    assert "Username or email" in {source for _text, source in in_other_language(client.get("/login"), "es")}
    assert in_other_language(page, "en")
