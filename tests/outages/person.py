"""Somebody in front of a browser without JavaScript, whose every step may fail."""

from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

from tests.conftest import PASSWORD

# Nobody waits longer for a page.
SECONDS = 20
# What may become of a request: no answer, half of one, or one that says that it cannot be done.
FAILURES = (OSError, HTTPException)


class Refused(OSError):
    """The answer was another one than that to what succeeds."""


class LedAway(Refused):
    """The answer leads to another page."""


class _Stay(HTTPRedirectHandler):
    """Where one is led to is an answer."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp

    http_error_301 = http_error_303 = http_error_302


class Forms(HTMLParser):
    """What each form of a page would send that is sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._is_open, self._text_in = False, ""
        self.feed(page)

    def with_field(self, name: str) -> dict[str, str]:
        """The last form that has a field of this name: before it come those that every page has."""
        for form in reversed(self.forms):
            if name in form:
                return form
        raise Refused(f"no form with {name}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = found.get("method") == "post"
            self.forms += [{}] * self._is_open
        elif self._is_open and tag in ("input", "textarea") and self._is_sent(found):
            self.forms[-1] = {**self.forms[-1], found["name"]: found.get("value", "")}
            self._text_in = found["name"] if tag == "textarea" else ""

    def _is_sent(self, found: dict[str, str]) -> bool:
        is_box = found.get("type") in ("checkbox", "radio")
        return "name" in found and (not is_box or "checked" in found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text_in = ""

    def handle_data(self, data: str) -> None:
        if self._text_in:
            self.forms[-1][self._text_in] += data


class Person:
    """Susan, with a browser of her own."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self.cookies = CookieJar()
        self._browser = build_opener(HTTPCookieProcessor(self.cookies), _Stay())

    def get(self, path: str) -> str:
        """A page, to its end; whoever is asked to sign in again for it does so."""
        try:
            return self.look(path)
        except LedAway:
            self.sign_in()
            return self.look(path)

    def look(self, path: str) -> str:
        """A page, to its end. Raises LedAway where that is another one."""
        status, body = self._open(path)
        if status != 200:
            raise LedAway(f"{path}: {status} {body}")
        return body

    def send(self, path: str, known_by: str, **fields: str) -> str:
        """Send the form of a page that has this field; gives the path that it leads to, where it succeeds."""
        return self.post(path, {**Forms(self.get(path)).with_field(known_by), **fields})

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send this; gives the path that it leads to, where it succeeds."""
        status, location = self._open(path, urlencode(fields).encode())
        if status not in (302, 303) or location.startswith("/login"):
            raise Refused(f"{path}: {status} {location}")
        return location

    def sign_in(self) -> None:
        """Sign in."""
        form = Forms(self.look("/login")).with_field("username")
        self.post("/login", {**form, "username": "susan", "password": PASSWORD})

    def _open(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """The status, and the text or where it leads to."""
        try:
            with self._browser.open(urljoin(self._url, path), data, timeout=SECONDS) as answer:
                body = answer.read().decode()
                if answer.status >= 300:
                    parts = urlsplit(answer.headers["Location"])
                    return answer.status, f"{parts.path}?{parts.query}".rstrip("?")
                return answer.status, body
        except HTTPError as error:
            with error:
                raise Refused(f"{path}: {error.code}") from None
