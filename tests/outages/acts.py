"""What people do in the console while the ground shakes: each is tried until it is done, as people do.

Afterwards it is counted what was promised and is not there (lost), and what is there more than once (twice).
"""

import csv
import time
from abc import ABC, abstractmethod
from datetime import datetime
from threading import Event
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import DBAPIError

from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Post, User
from tests.database_server import Died
from tests.outages.operations import begin_deletion
from tests.outages.person import FAILURES, Forms, LedAway, Person
from tests.outages.stage import SECONDS, Stage, seconds_until

ROWS = 2_000
# Between one try and the next.
PAUSE = 0.1


class Act(ABC):
    """What susan does again and again, until she is told that it is over and she came through once more."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.susan = stage, Person(stage.web_port)

    def prepare(self) -> None:
        """Have fresh posts, and be signed in."""
        with self.stage.console(), transaction(db.session):
            db.session.execute(delete(Post))
            author = db.session.scalars(select(User.id).filter_by(username="susan")).one()
            row = {"user_id": author, "timestamp": datetime(2024, 1, 1)}
            db.session.execute(insert(Post), [{"body": f"post {i}", **row} for i in range(ROWS)])
            self.first = db.session.scalar(select(func.min(Post.id))) or 0
        until(self.susan.sign_in)

    def go_on(self, is_over: Event) -> float:
        """Do it until the fault is over; gives when it was done then."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            was_over = is_over.is_set()
            if succeeds(self.attempt) and was_over:
                return time.monotonic()
            time.sleep(PAUSE)
        raise AssertionError(f"{type(self).__name__} never comes through")

    @abstractmethod
    def attempt(self) -> object:
        """Do it once; raises one of FAILURES where it may be tried again."""

    @abstractmethod
    def lost_and_twice(self) -> tuple[int, int]:
        """How much is not there, and how much more than once."""


def until(attempt: Any) -> None:
    """Try until it succeeds, before anything happens."""
    deadline = time.monotonic() + SECONDS
    while not succeeds(attempt):
        assert time.monotonic() < deadline, f"{attempt} never succeeds"
        time.sleep(PAUSE)


def succeeds(attempt: Any) -> bool:
    try:
        attempt()
    except FAILURES:
        return False
    return True


class Save(Act):
    """One post after the other gets a new text."""

    def prepare(self) -> None:
        super().prepare()
        self.saved = 0

    def attempt(self) -> None:
        number = self.first + self.saved
        path, text = f"/admin/post/edit/?id={number}", f"saved {number}"
        form = Forms(self.susan.get(path)).with_field("body")
        if form["body"] != text:  # else it came through, and the answer did not
            self.susan.post(path, {**form, "body": text})
        self.saved += 1

    def lost_and_twice(self) -> tuple[int, int]:
        saved = range(self.first, self.first + self.saved)
        texts = dict(self.stage.ask("SELECT id, body FROM post"))
        recorded = self.stage.ask(
            "SELECT row_key, count(*) FROM backoffice_change WHERE table_name = 'post' AND action = 'update'"
            f" AND CAST(row_key AS DECIMAL) >= {self.first} GROUP BY row_key"
        )
        changes = {int(key): number for key, number in recorded}
        lost = sum(texts[number] != f"saved {number}" or number not in changes for number in saved)
        return lost, sum(number - 1 for number in changes.values())


class Export(Act):
    """All posts as a file, again and again: one that ends as files do has each of them."""

    def prepare(self) -> None:
        super().prepare()
        self._lost = self._twice = 0

    def attempt(self) -> None:
        rows = list(csv.reader(self.susan.get("/admin/post/export/csv/").splitlines()))[1:]
        keys = {row[0] for row in rows}
        self._lost += ROWS - len(keys)
        self._twice += len(rows) - len(keys)

    def lost_and_twice(self) -> tuple[int, int]:
        return self._lost, self._twice


class SignIn(Act):
    """A new browser each time."""

    def prepare(self) -> None:
        super().prepare()
        self._before, self._sent, self._lost = self._sessions(), 0, 0

    def _sessions(self) -> int:
        return int(self.stage.ask("SELECT count(*) FROM backoffice_sign_in")[0][0])

    def attempt(self) -> None:
        browser = Person(self.stage.web_port)
        self._sent += 1
        browser.sign_in()
        until(lambda: self._look_around(browser))

    def _look_around(self, browser: Person) -> None:
        """See that one is in: where one is led to the sign-in page again, that was promised and is not so."""
        try:
            browser.look("/admin/account/")
        except LedAway:
            self._lost += 1

    def lost_and_twice(self) -> tuple[int, int]:
        return self._lost, max(0, self._sessions() - self._before - self._sent)


class Bulk(Act):
    """An operation on all posts, which is begun once and then goes on by itself."""

    kind: str
    typed = str(ROWS)

    def prepare(self) -> None:
        super().prepare()
        self.newest = int(self.stage.ask("SELECT max(id) FROM backoffice_operation")[0][0])

    def go_on(self, is_over: Event) -> float:
        """Press the button until it is begun; gives when it went on after the fault was over."""
        deadline, came, rows = time.monotonic() + SECONDS, 0.0, -1
        while time.monotonic() < deadline:
            found = self.begun()
            if found is None:
                succeeds(self.attempt)
            elif is_over.is_set() and not came:
                _number, now, is_finished = found
                rows = now if rows < 0 else rows
                came = time.monotonic() if now > rows or is_finished else 0.0
            if found and found[2] and is_over.is_set():
                return came
            time.sleep(0.02)
        raise AssertionError(f"{type(self).__name__} never comes to its end")

    def begun(self) -> tuple[int, int, bool] | None:
        """The operation, how many rows it has changed, and whether it is over; None where there is none."""
        try:
            found = self.operations()
        except (DBAPIError, Died):
            return None
        if not found:
            return None
        number, rows, state = found[0]
        return number, rows, state not in ("waiting", "running")

    def operations(self) -> list[Any]:
        return self.stage.ask(
            "SELECT id, changed_rows, state FROM backoffice_operation"
            f" WHERE id > {self.newest} AND kind = '{self.kind}' ORDER BY id"
        )

    def lost_and_twice(self) -> tuple[int, int]:
        (number, _rows, _state), *more = self.operations()
        recorded = "SELECT count(*), count(DISTINCT row_key) FROM backoffice_change WHERE operation_id = "
        ((in_all, different),) = self.stage.ask(f"{recorded}{number}")
        lost = self.not_so() + ROWS - different
        return lost, in_all - different + sum(rows for _number, rows, _state in more)

    @abstractmethod
    def not_so(self) -> int:
        """How many posts are not as they should be now."""

    def choose(self, action: str) -> str:
        """Tick all posts, and press a button; gives the page that asks."""
        path = "/admin/post/"
        form = {"csrf_token": Forms(self.susan.get(path)).with_field("csrf_token")["csrf_token"]}
        return self.susan.post(f"{path}action/", {**form, "action": action, "matching": "all"})

    def posts(self, condition: str = "") -> int:
        return int(self.stage.ask(f"SELECT count(*) FROM post {condition}")[0][0])


class BulkDelete(Bulk):
    """All posts deleted."""

    kind = "post:delete"

    def attempt(self) -> None:
        self.susan.send(self.choose("delete"), "typed", typed=self.typed)

    def not_so(self) -> int:
        return self.posts()


class BulkEdit(Bulk):
    """All posts given to another author."""

    kind = "post:edit"

    def prepare(self) -> None:
        super().prepare()
        with self.stage.console():
            self.mary = db.session.scalars(select(User.id).filter_by(username="mary")).one()

    def attempt(self) -> None:
        answers = {"change": "author", "author": "mary", "previewed": "1", "typed": self.typed}
        self.susan.send(self.choose("edit"), "csrf_token", **answers)

    def not_so(self) -> int:
        return ROWS - self.posts(f"WHERE user_id = {self.mary}")


class Undo(Bulk):
    """All posts brought back."""

    kind = "post:undo"

    def prepare(self) -> None:
        super().prepare()
        self.deletion = begin_deletion(self.stage)
        seconds_until(lambda: self.stage.progress(self.deletion).is_over)

    def attempt(self) -> None:
        self.susan.send(f"/admin/history/undo/?id={self.deletion}", "csrf_token")

    def not_so(self) -> int:
        return ROWS - self.posts()


ACTS: dict[str, type[Act]] = {
    "save": Save,
    "bulk delete": BulkDelete,
    "bulk edit": BulkEdit,
    "undo": Undo,
    "export": Export,
    "sign-in": SignIn,
}
