"""What an administrator does, as requests to this console: the same for every benchmark that drives it.

A client mixes this in. It has what the adapters of the peers' benchmark have: `get`, `post`, `page` (a `get`
that is timed), `download`, `form` (the pairs that a browser would send with a form), `replaced`, `timed()`
and `f`, the facts of the data set. What somebody waits for stands within `timed()`; opening a form before it
is sent does not.
"""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

# Somebody who is at it longer than this signs in anew: some pages ask for a proof that is younger.
PROOF_SECONDS = 600
# How often a page is asked for again while a worker is at it. A browser does so every second.
LOOK_SECONDS = 0.02
STILL_READING = 'class="reading"'
TO_TYPE = re.compile(r"Type ([\d,]+) to confirm")


class Operations:
    """A signed-in administrator's requests."""

    # What the client that mixes this in brings.
    user: str
    password: str
    elapsed: float
    f: Any
    get: Callable[..., Any]
    post: Callable[..., Any]
    page: Callable[..., Any]
    download: Callable[..., Any]
    form: Callable[..., list[tuple[str, str]]]
    replaced: Callable[..., list[tuple[str, str]]]
    timed: Callable[..., Any]
    signed_in_at = 0.0

    def login(self) -> Any:
        """Sign in; the submit of name and password is timed."""
        data = self.replaced(self._form("/login", "username"), username=self.user, password=self.password)
        with self.timed():
            answer = self.post("/login", data, ok=(302, 303))
        self.signed_in_at = time.monotonic()
        return answer

    def _prove(self) -> None:
        """Sign in anew where a proof would be asked for; not timed, as it happens once in many operations."""
        if time.monotonic() - self.signed_in_at > PROOF_SECONDS:
            elapsed = self.elapsed
            self.login()
            self.elapsed = elapsed

    # Lists

    def list_first(self) -> Any:
        return self.page("/admin/post/")

    def list_users_first(self) -> Any:
        return self.page("/admin/user/")

    def list_filtered_eq(self) -> Any:
        return self.page("/admin/user/?username_equals=" + quote(self.f.username))

    def list_filtered_prefix(self) -> Any:
        return self.page("/admin/user/?email_begins_with=" + quote(self.f.email_prefix))

    def list_filtered_contains(self) -> Any:
        return self.page("/admin/user/?email_contains=" + quote(self.f.email_part))

    def list_time_range(self) -> Any:
        """The week: seven days, the last one included; the facts name the beginning of the eighth."""
        first, last = self.f.week[0][:10], self.f.last_day
        return self.page(f"/admin/post/?timestamp_between={first}..{last}")

    def deep_page(self) -> Any:
        """The page at an address that somebody was sent."""
        return self.page("/admin/post/?page=" + self.f.deep_token)

    def search_substring(self) -> Any:
        return self.page("/admin/user/?search=" + quote(self.f.fragment))

    def search_body(self) -> Any:
        return self.page("/admin/post/?search=" + quote(self.f.body_word))

    # Forms

    def open_edit_post(self) -> Any:
        return self.page(f"/admin/post/edit/?id={self.f.post_id}")

    def save_edit_post(self) -> Any:
        path = f"/admin/post/edit/?id={self.f.post_id}"
        data = self.replaced(self._form(path, "body"), body=self.f.new_body())
        with self.timed():
            return self.post(path, data, ok=(302, 303))

    def open_edit_user(self) -> Any:
        return self.page(f"/admin/user/edit/?id={self.f.heavy_user}")

    # Deleting: the rows are chosen, a page says what would happen, and its form does it

    def delete_selected_50(self, ids: list[int]) -> Any:
        data = [*self._form("/admin/post/", "rowid"), ("action", "delete")]
        data += [("rowid", str(key)) for key in ids]
        with self.timed():
            path = _path(self.post("/admin/post/action/", data, ok=(303,)))
            question = self.get(path)
        data = self.form(question, "url")
        with self.timed():
            return self.post(path, data, ok=(303,))

    def delete_matching_100k(self) -> Any:
        """All that match, from the press of the button to the end of the worker's work."""
        self._prove()
        query = "?" + urlencode({"timestamp_between": "..".join(self.f.delete_range_closed)})
        data = [*self._form("/admin/post/" + query, "rowid"), ("action", "delete"), ("matching", "all")]
        with self.timed():
            path = _path(self.post("/admin/post/action/" + query, data, ok=(303,)))
            question = self.get(path)
            while STILL_READING in question.text:
                time.sleep(LOOK_SECONDS)
                question = self.get(path)
        number = TO_TYPE.search(question.text)
        data = self.replaced(self.form(question, "url"), typed=number[1] if number else "")
        with self.timed():
            answer = self.post(path, data, ok=(303,))
            self._wait_for(_path(answer))
        return answer

    def _wait_for(self, path: str) -> None:
        """Look at the progress of the operation on this page, until it is done."""
        if "/details/" not in path:  # done at once, and back at the list
            return
        while not self.get(path.replace("/details/", "/progress/")).json()["is_finished"]:
            time.sleep(LOOK_SECONDS)

    def export_csv(self) -> Any:
        self._prove()
        return self.download("GET", "/admin/user/export/csv/")

    def _form(self, path: str, marker: str) -> list[tuple[str, str]]:
        return self.form(self.get(path), marker)


def _path(answer: Any) -> str:
    """Where an answer leads, as this server's own address."""
    where = urlsplit(answer.headers["location"])
    return f"{where.path}?{where.query}"
