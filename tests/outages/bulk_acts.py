"""What people have a worker do to all posts: pressed until it is begun, and then watched to its end."""

import time
from abc import abstractmethod
from threading import Event
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from backoffice.extensions import db
from backoffice.models import User
from tests.database_server import Died
from tests.outages.acts import ROWS, Act, succeeds
from tests.outages.operations import begin_deletion
from tests.outages.person import Forms
from tests.outages.stage import SECONDS, seconds_until


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
