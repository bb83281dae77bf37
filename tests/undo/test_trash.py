"""Walking the trash, however long the history is."""

from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from backoffice.extensions import db
from backoffice.models import Change, Operation
from backoffice.undo import deleted_rows, trash

pytestmark = pytest.mark.every_database


@pytest.fixture
def act(app: Flask) -> int:
    return add_operation()


def add_operation(**more: Any) -> int:
    act = Operation(kind="post:delete", actor_kind="person", actor_name="susan", table_name="post", **more)
    db.session.add(act)
    db.session.commit()
    return act.id


def add(act: int, action: str, *keys: int, table: str = "post") -> None:
    """Record changes without doing anything."""
    rows = [
        {"operation_id": act, "table_name": table, "row_key": str(key), "action": action,
         "before": {"id": key} if action == "delete" else None}
        for key in keys
    ]  # fmt: skip
    db.session.execute(insert(Change), rows)
    db.session.commit()


def walk(most: int = 10) -> list[list[str]]:
    """The keys on each page."""
    pages: list[list[str]] = []
    place = None
    while not pages or place is not None:
        page = deleted_rows(db.session(), "post", place, most)
        pages.append([change.row_key for change in page.changes])
        place = page.next
    return pages


def test_an_empty_history_has_an_empty_trash(app: Flask) -> None:
    assert walk() == [[]]


def test_pages_follow_one_another_without_a_gap(act: int) -> None:
    add(act, "delete", *range(1, 26))
    assert walk() == [[str(n) for n in range(*span, -1)] for span in ((25, 15), (15, 5), (5, 0))]


def test_a_page_that_is_just_full_is_the_last(act: int) -> None:
    add(act, "delete", *range(1, 11))
    assert walk() == [[str(n) for n in range(10, 0, -1)]]


def test_only_the_last_change_of_a_row_counts(act: int) -> None:
    add(act, "delete", 1, 2, 3)
    add(act, "insert", 1, 3)
    add(act, "delete", 3)
    add(act, "delete", 4, table="user")
    assert walk() == [["3", "2"]]


def test_what_came_back_is_passed_over_however_much_it_is(act: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "MOST_ROWS", 50)
    add(act, "delete", 1, 2)
    add(act, "delete", *range(100, 400))
    add(act, "insert", *range(100, 400))
    assert walk() == [["2", "1"]]


def test_an_operation_that_was_undone_whole_is_not_looked_through(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "MANY", 10)
    first, big = add_operation(), add_operation(changed_rows=20)
    add(first, "delete", 1)
    add(big, "delete", *range(100, 120))
    undoing = add_operation(changed_rows=20, undoes_id=big)
    add(undoing, "insert", *range(100, 120))
    looked_at: list[str] = []
    not_back = trash._not_back

    def note(session: Session, table: str, deletions: Sequence[Any]) -> list[int]:
        looked_at.extend(one.row_key for one in deletions)
        return not_back(session, table, deletions)

    monkeypatch.setattr(trash, "_not_back", note)
    assert walk() == [["1"]]
    assert set(looked_at) == {"1"}


def test_a_page_begins_in_the_midst_of_an_operation(app: Flask) -> None:
    first, second = add_operation(), add_operation()
    add(first, "delete", 1, 2, 3)
    add(second, "delete", 4, 5)
    add(first, "delete", 6)
    assert walk(2) == [["5", "4"], ["6", "3"], ["2", "1"]]


def test_a_page_goes_on_where_the_change_before_it_is_not_kept_any_more(act: int) -> None:
    add(act, "delete", *range(1, 6))
    place = deleted_rows(db.session(), "post", None, 2).next
    db.session.execute(delete(Change).where(Change.id == place))
    db.session.commit()
    page = deleted_rows(db.session(), "post", place, 2)
    assert [change.row_key for change in page.changes] == ["3", "2"]


def test_time_ends_a_page_and_the_next_one_goes_on(act: int, monkeypatch: pytest.MonkeyPatch) -> None:
    add(act, "delete", 1, *range(100, 130))
    add(act, "insert", *range(100, 130))
    ticks = iter(range(10_000))
    monkeypatch.setattr(trash, "monotonic", lambda: next(ticks) * trash.SECONDS)
    page = deleted_rows(db.session(), "post", None, 10)
    assert (page.changes, page.is_full) == ([], False)
    assert page.next is not None
    assert [key for keys in walk() for key in keys] == ["1"]


def test_something_is_looked_at_however_little_time_there_is(
    act: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(act, "delete", 1)
    ticks = iter(range(10_000))
    monkeypatch.setattr(trash, "monotonic", lambda: next(ticks) * trash.SECONDS)
    assert [change.row_key for change in deleted_rows(db.session(), "post", None, 10).changes] == ["1"]
