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

from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Post, User
from tests.outages.person import FAILURES, Forms, LedAway, Person
from tests.outages.stage import SECONDS, Stage

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
