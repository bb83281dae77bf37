"""A browser in a few lines, of the standard library: it signs in, looks at pages and sends their forms."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

SECONDS = 60
Pairs = Sequence[tuple[str, str]]


class Answer:
    """What came back, read to its end."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status, self.headers = response.status, response.headers
        self.content = response.read()

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        """The object that it holds."""
        return json.loads(self.content)


class Browser:
    """One connection, its cookies, and how long the pages took that somebody waited for."""

    def __init__(self, url: str) -> None:
        self.url, self._connection = url, HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
        self.cookies: dict[str, str] = {}
        self.elapsed = 0.0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Somebody waits for what is asked within."""
        begun = time.perf_counter()
        yield
        self.elapsed += time.perf_counter() - begun

    def page(self, path: str) -> Answer:
        with self.timed():
            return self.get(path)

    def download(self, method: str, path: str) -> Answer:
        with self.timed():
            return self._ask(method, path, None, ok=(200,))

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, ok=(200,))

    def post(self, path: str, data: Pairs, ok: Sequence[int]) -> Answer:
        return self._ask("POST", path, urlencode(data), ok)

    def _ask(self, method: str, path: str, form: str | None, ok: Sequence[int]) -> Answer:
        headers = {"Origin": self.url, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, form, headers)
        answer = Answer(self._connection.getresponse())
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        assert answer.status in ok, f"{method} {path}: {answer.status} {answer.text[:300]}"
        return answer

    @staticmethod
    def form(answer: Answer, marker: str) -> list[tuple[str, str]]:
        """What would be sent with the form that has a field of this name."""
        forms = Forms()
        forms.feed(answer.text)
        return next(
            [(name, value) for name, value in fields if value is not None]
            for fields in forms.found
            if any(name == marker for name, _value in fields)
        )

    @staticmethod
    def replaced(pairs: Pairs, **new: str) -> list[tuple[str, str]]:
        return [(name, value) for name, value in pairs if name not in new] + list(new.items())


class Forms(HTMLParser):
    """The fields of each form of a page; None where a browser would send none: a box that is not ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[tuple[str, str | None]]] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        name = known.get("name")
        if tag == "form":
            self.found.append([])
        elif name and self.found and tag == "input":
            is_sent = known.get("type") not in ("checkbox", "radio") or "checked" in known
            self.found[-1].append((name, (known.get("value") or "") if is_sent else None))
        elif name and self.found and tag == "textarea":
            self._area = name
            self.found[-1].append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1][-1] = (self._area, data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
