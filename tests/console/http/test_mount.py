"""The console below a path: by the proxy that takes it away and says so, by the setting, by the server."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from backoffice import create_app
from backoffice.console.http import is_health_check, is_refused
from backoffice.console.http.icons import drawing
from backoffice.extensions import db
from tests.browsing import token_of, without_chance
from tests.conftest import PASSWORD, add_administrator, settings
from tests.databases import copied_over

ROOT = "/ops"
# Every way in which an address is written into a page.
ADDRESSES = re.compile(r'\s(?:href|action|formaction|src|data-[a-z-]+)="(/[^"]*)"')
# What a server knows of a request when its head has come.
SENT = {
    "REQUEST_METHOD": "GET",
    "HTTP_HOST": "localhost",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "wsgi.url_scheme": "http",
}


class InFront:
    """What stands in front of the console: it may take the path away, and say what it likes."""

    def __init__(self, app: Flask, *, strips: bool, script: str = "", **headers: str) -> None:
        self._app, self._strips = app, strips
        self._said = {"SCRIPT_NAME": script, **{f"HTTP_{name}": value for name, value in headers.items()}}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        environ["PATH_INFO"] = path.removeprefix(ROOT) if self._strips else path
        environ |= self._said
        return self._app(environ, start_response)


# What stands in front, and the settings that go with it.
BELIEVED = {"TRUSTED_PROXIES": "1"}
WAYS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a proxy that says what it took away": ({"strips": True, "X_FORWARDED_PREFIX": ROOT}, BELIEVED),
    "the same with a slash at the end": ({"strips": True, "X_FORWARDED_PREFIX": f"{ROOT}/"}, BELIEVED),
    "the second of two": (
        {"strips": True, "X_FORWARDED_PREFIX": f"{ROOT}, /inner"},
        {"TRUSTED_PROXIES": "2"},
    ),
    "the setting": ({"strips": False}, {"APPLICATION_ROOT": ROOT}),
    "the setting under gunicorn's name": ({"strips": False}, {"SCRIPT_NAME": f"{ROOT}/"}),
    "the setting, and a proxy that says it too": (
        {"strips": True, "X_FORWARDED_PREFIX": ROOT},
        {"APPLICATION_ROOT": ROOT, **BELIEVED},
    ),
    "the setting, and a proxy that says it and passes it on": (
        {"strips": False, "X_FORWARDED_PREFIX": ROOT},
        {"APPLICATION_ROOT": ROOT, **BELIEVED},
    ),
    "the setting, and a proxy that passes on what it is told": (
        {"strips": False, "X_FORWARDED_PREFIX": "//evil.example"},
        {"APPLICATION_ROOT": ROOT, **BELIEVED},
    ),
    "the server": ({"strips": True, "script": ROOT}, {}),
    "the server and the setting": ({"strips": True, "script": ROOT}, {"APPLICATION_ROOT": ROOT}),
}


@pytest.fixture
def url(migrated: Callable[[str], str], tmp_path: Path) -> str:
    """A database of the test's own."""
    return copied_over(migrated("sqlite"), tmp_path / "console.db")


@contextmanager
def entered(url: str, **environ: str) -> Iterator[Flask]:
    """A console that susan may enter."""
    app = create_app(settings(url, **environ))
    with app.app_context():
        add_administrator("susan", "administrator")
        add_administrator("john", "editor")
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module", params=WAYS)
def front(
    request: pytest.FixtureRequest,
    migrated: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[InFront]:
    """A console that stands below ROOT, with what is in front of it."""
    said, environ = WAYS[request.param]
    url = copied_over(migrated("sqlite"), tmp_path_factory.mktemp("mounted") / "console.db")
    with entered(url, **environ) as app:
        yield InFront(app, **said)


@pytest.fixture
def browser(front: InFront) -> Client:
    """A new browser before it."""
    return Client(front)


def sign_in(browser: Client, root: str = ROOT) -> TestResponse:
    token = token_of(browser.get(f"{root}/login?next={root}/admin/post/?search=a"))
    fields = {"csrf_token": token, "username": "susan", "password": PASSWORD}
    return browser.post(f"{root}/login?next={root}/admin/post/?search=a", data=fields)


def addresses(page: TestResponse) -> set[str]:
    """Those that a page holds, and the one that it leads on to."""
    return {html.unescape(found) for found in ADDRESSES.findall(page.text)} | {page.location or ROOT}


def test_every_page_leads_to_pages_below_it(browser: Client) -> None:
    outside = browser.get(f"{ROOT}/admin/post/?search=a")
    assert outside.location == f"{ROOT}/login?next={ROOT}/admin/post/?search%3Da"
    assert sign_in(browser).location == f"{ROOT}/admin/post/?search=a"
    seen, found = set[str](), {ROOT, f"{ROOT}/", f"{ROOT}/admin/", f"{ROOT}/nothing", f"{ROOT}/admin/user"}
    while unseen := found - seen:
        address = min(unseen)
        seen.add(address)
        page = browser.get(address)
        assert page.status_code in (200, 302, 303, 308, 404, 405), address
        leading = addresses(page)
        assert not [one for one in leading if not f"{one}/".startswith(f"{ROOT}/")], address
        # Of lists that differ in their order or their length only, one says as much as all.
        found |= {one for one in leading if "page_size" not in one and "sort=" not in one}
    pages = {urlsplit(address).path for address in seen}
    assert len(pages) > 30
    assert {f"{ROOT}/admin/user/export/csv/", f"{ROOT}/admin/history/trash/"} <= pages


def test_its_cookies_are_for_its_path_alone(browser: Client) -> None:
    sent = SimpleCookie("\r\n".join(sign_in(browser).headers.getlist("Set-Cookie")))
    assert sent.keys() == {"backoffice_session", "backoffice_browser"}
    assert {one["path"] for one in sent.values()} == {ROOT}
    page = browser.get(f"{ROOT}/admin/")
    assert f'<meta name="cookie-path" content="{ROOT}">' in page.text
    token = token_of(page)
    for theme in ("dark", "system"):
        answer = browser.post(f"{ROOT}/admin/theme/", data={"csrf_token": token, "theme": theme})
        assert f"Path={ROOT}" in answer.headers["Set-Cookie"]
        assert answer.location == f"{ROOT}/admin/"


def test_where_to_go_on_is_known_with_it(browser: Client) -> None:
    """What is outside of it is another site, though its path begins as ours does."""
    sign_in(browser)
    token = token_of(browser.get(f"{ROOT}/admin/"))
    for url, goes in (
        (f"{ROOT}/admin/post/?search=a", f"{ROOT}/admin/post/?search=a"),
        ("/admin/post/", f"{ROOT}/admin/"),
        ("/other/admin/post/", f"{ROOT}/admin/"),
        (f"{ROOT}/../admin/", f"{ROOT}/admin/"),
        (f"{ROOT}/admin/../../other/", f"{ROOT}/admin/"),
        (f"{ROOT}{ROOT}/admin/", f"{ROOT}/admin/"),
        (f"/{ROOT}/admin/", f"{ROOT}/admin/"),
        (f"{ROOT}/admin/theme/", f"{ROOT}/admin/"),
    ):
        answer = browser.post(f"{ROOT}/admin/theme/", data={"csrf_token": token, "theme": "dark", "url": url})
        assert answer.location == goes, url


def test_links_to_hand_on_hold_it(browser: Client) -> None:
    sign_in(browser)
    token = token_of(browser.get(f"{ROOT}/admin/user/password/?id=2"))
    page = browser.post(f"{ROOT}/admin/user/password-link/", data={"csrf_token": token, "id": "2"})
    assert f'value="http://localhost{ROOT}/password#' in page.text


def test_it_is_well_with_and_without_the_path(browser: Client) -> None:
    for path in (f"{ROOT}/healthz", "/healthz"):
        assert browser.get(path).json == {"status": "ok"}, path


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Flask]:
    """Consoles with these settings, whose database has no tables; each is made once."""
    url = f"sqlite:///{tmp_path_factory.mktemp('bare') / 'none.db'}"
    return cache(lambda **environ: create_app(settings(url, **environ)))


def asked(app: Flask, path: str, **environ: str) -> TestResponse:
    """What a server is answered that passes the whole path on."""
    overrides = {"SCRIPT_NAME": "", "PATH_INFO": path, **environ}
    return app.test_client().get("/", environ_overrides=overrides)


HOSTILE = [
    "//evil.example",
    "/\\evil.example",
    "///",
    "/a/../b",
    "/..",
    "/.",
    "/a//b",
    "/%2f",
    "/%2e%2e",
    "/a\nb",
    "/a\r\nSet-Cookie: a=b",
    "/a b",
    "/a?b=c",
    "/a#b",
    "/a;b",
    '/a"onload="b',
    "/<script>",
    "/b\xc3\xbcro",
    "/\u043e\u0440\u0441".encode().decode("latin-1"),
    "javascript:alert(1)",
    "https://evil.example/ops",
    "ops",
    "*",
    "/" + "a" * 200,
    "/a" * 200,
]


@pytest.mark.parametrize("prefix", HOSTILE)
def test_a_prefix_that_is_no_plain_path_is_refused_in_words(bare: Callable[..., Flask], prefix: str) -> None:
    app = bare(TRUSTED_PROXIES="1")
    answer = asked(app, "/login", HTTP_X_FORWARDED_PREFIX=prefix)
    assert answer.status_code == 400
    assert "has to be a plain one, such as /ops" in answer.text
    assert prefix not in answer.text.replace("such as /ops", "")
    assert asked(app, "/healthz", HTTP_X_FORWARDED_PREFIX=prefix).status_code == 200
    # The server is told the same before it takes the rest.
    assert is_refused(app, {**SENT, "PATH_INFO": "/login", "HTTP_X_FORWARDED_PREFIX": prefix})


@given(prefix=st.text(st.characters(max_codepoint=255), max_size=12) | st.text("/.a~%\\?", max_size=6))
def test_whatever_a_proxy_says_no_address_leads_elsewhere(bare: Callable[..., Flask], prefix: str) -> None:
    answer = asked(bare(TRUSTED_PROXIES="1"), "/login", HTTP_X_FORWARDED_PREFIX=prefix)
    if answer.status_code == 400:
        assert "has to be a plain one" in answer.text
        return
    roots = {re.fullmatch(r"(/[\w.~-]+)*?/(static/.*|login.*)?", one) for one in addresses(answer) - {ROOT}}
    assert answer.status_code == 200
    assert None not in roots, addresses(answer)
    assert len({root[1] for root in roots if root}) == 1, addresses(answer)


@pytest.mark.parametrize("prefix", [*HOSTILE, "/ops", "/evil"])
def test_nobody_is_believed_where_no_proxy_is(bare: Callable[..., Flask], prefix: str) -> None:
    app = bare()
    answer = asked(app, "/login", HTTP_X_FORWARDED_PREFIX=prefix)
    assert without_chance(answer.text) == without_chance(asked(app, "/login").text)


def test_of_several_proxies_the_ones_behind_are_not_overruled(bare: Callable[..., Flask]) -> None:
    app = bare(TRUSTED_PROXIES="1")
    assert asked(app, "/", HTTP_X_FORWARDED_PREFIX="//evil.example, /ops").location == "/ops/admin/"
    assert asked(bare(TRUSTED_PROXIES="2"), "/", HTTP_X_FORWARDED_PREFIX="/evil").location == "/admin/"


@pytest.mark.parametrize(
    "path",
    ["/", "/admin/", "/login", "/opsx/login", "/OPS/login", "/o/ops/login", "//ops/login", "/ops.", ""],
)
def test_what_is_outside_of_it_is_not_there(bare: Callable[..., Flask], path: str) -> None:
    app = bare(APPLICATION_ROOT=ROOT)
    answer = asked(app, path)
    assert answer.status_code == 404
    assert "APPLICATION_ROOT" in answer.text
    assert f'href="{ROOT}/"' in answer.text
    assert asked(app, f"{ROOT}/login").status_code == 200
    assert asked(app, "/%6fps/login").status_code == 404


def test_nothing_below_it_is_led_outside_by_dots(bare: Callable[..., Flask]) -> None:
    app = bare(APPLICATION_ROOT=ROOT)
    for path in (f"{ROOT}/../login", f"{ROOT}/..%2flogin", f"{ROOT}//evil.example/"):
        answer = asked(app, path)
        assert answer.status_code in (302, 308, 404)
        assert not [one for one in addresses(answer) if not f"{one}/".startswith(f"{ROOT}/")], path


@pytest.mark.parametrize("path", ["/healthz", f"{ROOT}/healthz"])
def test_the_server_knows_a_health_check_by_both_addresses(bare: Callable[..., Flask], path: str) -> None:
    """It is answered by a thread of its own, while all the others are at work."""
    sent = {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    app = bare(APPLICATION_ROOT=ROOT)
    assert is_health_check(app, {**sent, "HTTP_HOST": "10.0.0.7", "PATH_INFO": path})
    assert not is_health_check(app, {**sent, "HTTP_HOST": "localhost", "PATH_INFO": f"/other{path}"})
    assert not is_health_check(app, {**sent, "HTTP_HOST": "localhost", "PATH_INFO": f"{ROOT}/login"})


def test_two_consoles_under_one_host_share_no_cookie(url: str) -> None:
    """One that answers to two paths, as two would: what was signed in under one is nobody under the other."""
    with entered(url, TRUSTED_PROXIES="1") as app:

        def two(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            _empty, root, rest = environ["PATH_INFO"].split("/", 2)
            environ |= {"PATH_INFO": f"/{rest}", "HTTP_X_FORWARDED_PREFIX": f"/{root}"}
            return app(environ, start_response)

        browser = Client(two)
        sign_in(browser, "/ops")
        assert browser.get("/ops/admin/").status_code == 200
        assert browser.get("/desk/admin/").location == "/desk/login?next=/desk/admin/"
        sign_in(browser, "/desk")
        browser.post("/desk/logout", data={"csrf_token": token_of(browser.get("/desk/admin/"))})
        assert browser.get("/desk/admin/").status_code == 302
        assert browser.get("/ops/admin/").status_code == 200


@pytest.mark.parametrize(("root", "prefix"), [("", "__Host-"), (ROOT, "__Secure-")])
def test_over_https_their_names_are_those_that_a_path_may_have(url: str, root: str, prefix: str) -> None:
    """Browsers refuse `__Host-` for a path."""
    base = "https://localhost"
    with entered(url, TRUSTED_PROXIES="1") as app:
        name = "__Host-backoffice_session"
        app.config.update(COOKIE_PREFIX="__Host-", SESSION_COOKIE_NAME=name, SESSION_COOKIE_SECURE=True)
        said = {"X_FORWARDED_PREFIX": root, "X_FORWARDED_PROTO": "https"}
        browser = Client(InFront(app, strips=bool(root), **said))
        token = token_of(browser.get(f"{root}/login", base_url=base))
        fields = {"csrf_token": token, "username": "susan", "password": PASSWORD}
        answer = browser.post(f"{root}/login", base_url=base, data=fields, headers={"Origin": base})
        assert answer.status_code == 303, answer.text
        sent = SimpleCookie("\r\n".join(answer.headers.getlist("Set-Cookie")))
        assert sent.keys() == {f"{prefix}backoffice_session", f"{prefix}backoffice_browser"}
        assert {(one["path"], one["secure"]) for one in sent.values()} == {(root or "/", True)}
        page = browser.get(f"{root}/admin/", base_url=base)
        assert page.status_code == 200
        assert f'<meta name="zone-cookie" content="{prefix}zone">' in page.text


def test_paths_that_somebody_makes_up_are_not_kept(bare: Callable[..., Flask]) -> None:
    """A proxy that passes on what it is told may be told a thousand paths."""
    app = bare()
    for number in range(1_100):
        drawing(f"/{number}/static/icons.svg", "trash")
    assert drawing.cache_info().currsize <= 1_000
    for number in range(50):
        with app.test_request_context(environ_overrides={"SCRIPT_NAME": f"/{number}"}):
            made = app.jinja_env.from_string("{{ dialogs() }}").render()
            assert f'data-address="/{number}/admin/palette/"' in made
    assert len(app.extensions["dialogs"]) <= 20
