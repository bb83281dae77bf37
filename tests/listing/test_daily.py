"""Counting rows by the reader's days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, insert

from backoffice.extensions import db
from backoffice.listing import count_by_day
from backoffice.models import Post

pytestmark = pytest.mark.every_database

NOW = datetime(2024, 4, 2, 12)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def posts(app: Flask) -> None:
    """One at each end of 31 March 2024 in Berlin, which has 23 hours, and others around it."""
    times = [
        datetime(2024, 3, 30, 22, 59, 59, 999999),
        datetime(2024, 3, 30, 23),
        datetime(2024, 3, 31, 21, 59, 59, 999999),
        datetime(2024, 3, 31, 22),
        datetime(2024, 4, 2, 21, 59, 59),
        datetime(2020, 1, 1),
    ]
    db.session.execute(insert(Post), [{"body": "Post", "timestamp": time} for time in times])
    db.session.execute(insert(Post), [{"body": "Whenever", "timestamp": None}])
    db.session.commit()


@pytest.mark.usefixtures("posts")
def test_days_are_those_of_the_zone() -> None:
    counted = {day.date: day.count for day in count_by_day(db.session, Post.timestamp, 5, NOW, BERLIN)}
    assert counted == {
        date(2024, 3, 29): 0,
        date(2024, 3, 30): 1,
        date(2024, 3, 31): 2,
        date(2024, 4, 1): 1,
        date(2024, 4, 2): 1,
    }
    in_utc = [day.count for day in count_by_day(db.session, Post.timestamp, 4, NOW, UTC)]
    assert in_utc == [2, 2, 0, 1]


@pytest.mark.usefixtures("posts")
def test_today_is_the_zones_too() -> None:
    late = datetime(2024, 4, 2, 22, 30)
    assert count_by_day(db.session, Post.timestamp, 1, late)[0].date == date(2024, 4, 2)
    assert count_by_day(db.session, Post.timestamp, 1, late, BERLIN)[0].date == date(2024, 4, 3)


@pytest.mark.usefixtures("posts")
def test_one_statement_reads_ranges_of_the_index(app: Flask) -> None:
    statements: list[tuple[str, Any]] = []
    listener = lambda _c, _cur, statement, values, _ctx, _many: statements.append((statement, values))  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    many = [{"body": "Post", "timestamp": NOW - timedelta(hours=hour)} for hour in range(400, 2400)]
    db.session.execute(insert(Post), many)
    db.session.commit()
    statements.clear()
    count_by_day(db.session, Post.timestamp, 30, NOW)
    event.remove(db.engine, "before_cursor_execute", listener)
    assert len([one for one, _ in statements if "count" in one]) == 1
    if db.engine.dialect.name == "sqlite":
        statement, values = statements[-1]
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        searches = [row[3] for row in plan if "post" in row[3]]
        assert len(searches) == 30
        assert all("USING COVERING INDEX" in search for search in searches)
