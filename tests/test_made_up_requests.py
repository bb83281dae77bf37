"""Requests that nobody thought of: to every address, by every method, as everybody, with torn values.

None is answered by a 5xx but a 503, none changes a row without a record of it, and none shows one person's
page, or what they typed, to another. `TEST_REQUESTS=100000` makes up so many, and others each time.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backoffice.extensions import db
from backoffice.models import Administrator, Change, Post, User
from backoffice.registry import registry
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator

REQUESTS = int(os.environ.get("TEST_REQUESTS", "720"))
IN_A_ROW = 6
PEOPLE = {"susan": "administrator", "ed": "editor", "vera": "viewer"}
STRANGER = "nobody"
METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
# What ends a session, or keeps the person who is to send the next request from doing so.
NEVER = ("/logout", "/admin/sessions/end", "/admin/account/", "/admin/second-factor/", "/static/")
NAMES = (
    "id", "page", "search", "sort", "page_size", "at", "count", "filter", "value", "url", "next",
    "table", "key", "of", "after", "before", "query", "name", "side", "column", "state", "person",
    "kind", "from", "until", "rowid", "action", "matching", "change", "seen", "version", "typed",
    "previewed", "leave_out",
)  # fmt: skip
TORN = (
    "", " ", "0", "-1", "1", "2", "01", "1.0", "1e3", "9" * 40, "NaN", "null", "true", "#1", "#x", "#",
    "2024-02-30", "2024-01-01", "2024-01-01..2023-01-01", "0000-00-00", "9999-12-31", "12:00", "..",
    "susan", "susan,ed", "'", '"', "\\", "%", "_", "*", "<b>", "{{7*7}}", "=1+1", "a" * 3000,
    "\N{PILE OF POO}", "e\N{COMBINING ACUTE ACCENT}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\x01",
    "\x7f", "\r\n", "/admin/", "//example.org", "https://example.org", "../../etc", "delete",
    "edit", "post", "user", "csv", "backoffice_administrator", "-timestamp", "timestamp,id",
    "password_hash", "last", "exact",
)  # fmt: skip

# What is refused wherever it stands in a request: now and then, so that most requests come further.
REFUSED = ("\x00", "a\x00b", "\ud800")
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)

torn = st.one_of(st.sampled_from(TORN * 5 + REFUSED), text, st.integers(-3, 40).map(str))
pairs = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), text), torn), max_size=4)


class Forms(HTMLParser):
    """The forms of a page, with what they would send, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                (found.get("action", ""), "POST" if found.get("method") == "post" else "GET", [])
            )
        elif tag == "a" and found.get("href", "").startswith("/"):
            self.links.append(found["href"])
        elif tag in ("input", "button", "textarea", "select") and self.forms and "name" in found:
            self.forms[-1][2].append((found["name"], found.get("value", "")))
            if "formaction" in found:
                self.forms.append((found["formaction"], "POST", [*self.forms[-1][2]]))


@dataclass
class Stage:
    """The people, each with a browser, and what the pages have offered them so far."""

    app: Flask
    browsers: dict[str, FlaskClient]
    links: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, list[tuple[str, str, list[tuple[str, str]]]]] = field(default_factory=dict)

    def learn(self, name: str, page: str) -> None:
        """Keep the newest of what a page offers."""
        offered = Forms(page)
        self.links[name] = (offered.links + self.links.get(name, []))[:200]
        self.forms[name] = (offered.forms + self.forms.get(name, []))[:100]


def rows() -> dict[tuple[str, str], tuple[Any, ...]]:
    """Every row of the application, and of those who may enter."""
    db.session.rollback()
    models: tuple[type[Any], ...] = (User, Post, Administrator)
    return {
        (model.__tablename__, str(row[0])): tuple(row)
        for model in models
        for row in db.session.execute(select(*model.__table__.columns))
    }


def recorded(after: int) -> set[tuple[str, str]]:
    """The rows of which there are changes beyond this one."""
    found = db.session.execute(select(Change.table_name, Change.row_key).where(Change.id > after))
    return {(table, key) for table, key in found}


def newest() -> int:
    return db.session.scalar(select(func.max(Change.id))) or 0


def encoded(pairs_of: list[tuple[str, str]]) -> str:
    """A query or a body, however torn."""
    return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in pairs_of)


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Draft:
    """A request that is made up; which address and which form it is of, the pages that were opened say.

    So that the same draft is the same choice again, whatever they have offered by then.
    """

    name: str
    method: str
    kind: str
    which: int
    query: list[tuple[str, str]]
    beside: list[tuple[str, str]]
    tears: list[tuple[str, str]]

    def request(self, stage: Stage) -> tuple[str, str, str]:
        """Its method, address and body."""
        forms, links = stage.forms.get(self.name, []), stage.links.get(self.name, [])
        method, body = self.method, list[tuple[str, str]]()
        if self.kind == "link" and links:
            address = links[self.which % len(links)]
        elif self.kind == "form" and forms:
            address, method, fields = forms[self.which % len(forms)]
            body = [pair for number, pair in enumerate(fields) for pair in self._torn(number, *pair)]
        else:
            address = self._address_of_a_rule(stage)
            fields = [pair for _address, _method, fields in forms for pair in fields]
            body = [pair for pair in fields if pair[0] == "csrf_token"][:1]
        parts = urlsplit(address or "/admin/")
        query = [(self._filter(stage) if name == "filter" else name, text) for name, text in self.query]
        address = f"{parts.path}?{'&'.join(filter(None, (parts.query, encoded(query))))}"
        return method, address, encoded([*body, *self.beside])

    def _torn(self, number: int, name: str, text: str) -> list[tuple[str, str]]:
        """A field of a form as it is sent: kept, torn, dropped or doubled. The form's token stays."""
        what, value = self.tears[number % len(self.tears)]
        if what == "keep" or name == "csrf_token":
            return [(name, text)]
        return [(name, value)] * {"tear": 1, "drop": 0, "double": 2}[what]

    def _address_of_a_rule(self, stage: Stage) -> str:
        rules = sorted(rule.rule for rule in stage.app.url_map.iter_rules())
        address = rules[self.which % len(rules)]
        for place in ("<export_type>", "<token>", "<fingerprint>", "<path:name>"):
            address = address.replace(place, _quoted(self.tears[0][1]) or "x")
        return address

    def _filter(self, stage: Stage) -> str:
        names = [argument for view in registry().views for argument in view.columns.arguments]
        return names[self.which % len(names)]


drafts = st.builds(
    Draft,
    st.sampled_from((*PEOPLE, STRANGER)),
    st.sampled_from(METHODS),
    st.sampled_from(("rule", "link", "form", "form")),
    st.integers(0, 10_000),
    pairs,
    pairs,
    st.lists(
        st.tuples(st.sampled_from(("keep", "keep", "keep", "tear", "drop", "double")), torn),
        min_size=1,
        max_size=12,
    ),
)


@pytest.fixture
def stage(app: Flask, susan: User) -> Stage:
    for name, role in PEOPLE.items():
        if name != "susan":
            add_administrator(name, role)
    db.session.add_all(User(username=f"user{n}", email=f"user{n}@example.com") for n in range(6))
    db.session.add_all(Post(body=f"post {n}", user_id=susan.id) for n in range(12))
    db.session.commit()
    made = Stage(app, {name: app.test_client() for name in [*PEOPLE, STRANGER]})
    for name in PEOPLE:
        enter(made, name)
    return made


def enter(stage: Stage, name: str) -> None:
    """Sign in, and type something that nobody else is to see."""
    browser = stage.browsers[name]
    sign_in(browser, name)
    if PEOPLE[name] != "viewer":
        submit(browser, "/admin/post/new/", body=secret_of(name) + "x" * 200)
    for address in ("/admin/", "/admin/post/", "/admin/user/", "/admin/history/", "/admin/post/edit/?id=1"):
        stage.learn(name, browser.get(address).text)


def secret_of(name: str) -> str:
    return f"typed-by-{name}-alone"


def send(stage: Stage, name: str, method: str, address: str, body: str) -> TestResponse | None:
    if address.startswith(NEVER):
        return None
    return stage.browsers[name].open(
        address,
        method=method,
        data=body if method in ("POST", "PUT", "PATCH") else None,
        content_type="application/x-www-form-urlencoded" if method in ("POST", "PUT", "PATCH") else None,
    )


def check_answer(name: str, answer: TestResponse) -> None:
    """What is true of every answer."""
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code == 503:
        assert "Traceback" not in answer.text
    for other in PEOPLE:
        if other != name:
            assert secret_of(other) not in answer.text, f"{name} sees what {other} typed"
    if 'class="person-name">' in answer.text:
        assert f'class="person-name">{name}<' in answer.text, f"{name} was handed somebody else's page"


def check_record(method: str, before: dict[tuple[str, str], tuple[Any, ...]], change: int) -> None:
    """Whatever is another row now has a change that says so, and only what was sent changes any."""
    after = rows()
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert not differing or method == "POST"
    assert differing <= recorded(change), "changed, and not recorded"


@pytest.mark.slow
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_none_fails_changes_in_secret_or_tells_on_anybody(stage: Stage) -> None:
    try_requests(stage, REQUESTS)


@pytest.mark.every_database
@pytest.mark.long
@pytest.mark.skipif("TEST_REQUESTS" not in os.environ, reason="TEST_REQUESTS says how many")
def test_the_same_on_every_database(stage: Stage) -> None:
    try_requests(stage, REQUESTS)


def try_requests(stage: Stage, how_many: int) -> None:
    sent: list[int] = []
    by_chance = "TEST_REQUESTS" in os.environ

    @settings(
        max_examples=max(1, how_many // IN_A_ROW),
        deadline=None,
        database=None,
        derandomize=not by_chance,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(drafts, min_size=IN_A_ROW, max_size=IN_A_ROW))
    def several(made_up: list[Draft]) -> None:
        for draft in made_up:
            name, (method, address, body) = draft.name, draft.request(stage)
            before, change = rows(), newest()
            answer = send(stage, name, method, address, body)
            if answer is None:
                continue
            sent.append(answer.status_code)
            check_answer(name, answer)
            check_record(method, before, change)
            if name in PEOPLE and answer.mimetype == "text/html" and answer.status_code < 500:
                stage.learn(name, answer.text)
            let_back_in(stage, name, answer)

    several()
    assert len(sent) > how_many / 2
    assert {200, 302, 303, 400, 403, 404, 405} <= set(sent), "they came nowhere"


def let_back_in(stage: Stage, name: str, answer: TestResponse) -> None:
    """Where somebody has lost their access or their session by what was sent, they get it back."""
    if name not in PEOPLE or not (answer.location or "").startswith("/login"):
        return
    if stage.browsers[name].get("/admin/").status_code == 200:
        return
    for grant in _missing():
        db.session.add(grant)
    db.session.commit()
    enter(stage, name)


def _missing() -> Iterator[Administrator]:
    db.session.rollback()
    for name, role in PEOPLE.items():
        user = db.session.scalar(select(User).where(User.username == name))
        grant = db.session.scalar(select(Administrator).where(Administrator.username == name))
        if user is not None and grant is None:
            yield Administrator(user_id=user.id, username=name, role=role)
        elif grant is not None:
            grant.disabled_at, grant.role = None, role
