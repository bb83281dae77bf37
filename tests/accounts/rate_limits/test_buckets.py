"""Limits on attempts: they hold however many come at once, and give way with time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from backoffice.accounts.rate_limits.buckets import Limit, count, refund
from backoffice.clock import utcnow
from backoffice.exceptions import Throttled
from backoffice.extensions import db
from backoffice.models import Throttle
from tests.accounts.people import write

pytestmark = pytest.mark.every_database

THREE = Limit("three", 3, timedelta(hours=3))
TWO = Limit("two", 2, timedelta(hours=1))


def is_counted(*attempts: tuple[Limit, str]) -> bool:
    try:
        count(*attempts)
    except Throttled:
        return False
    return True


def let_pass(time: timedelta) -> None:
    write(update(Throttle).values(free_at=utcnow() + timedelta(hours=3) - time))


def test_a_limit_is_used_up_and_comes_back_evenly(app: Flask) -> None:
    assert [is_counted((THREE, "susan")) for _ in range(5)] == [True, True, True, False, False]
    assert is_counted((THREE, "john"))
    assert db.session.scalars(select(Throttle.refused).order_by(Throttle.refused)).all() == [0, 2]
    let_pass(timedelta(hours=1, minutes=1))
    assert [is_counted((THREE, "susan")) for _ in range(2)] == [True, False]
    let_pass(timedelta(hours=9))
    assert [is_counted((THREE, "susan")) for _ in range(4)] == [True, True, True, False]


def test_a_refusal_says_how_long_to_wait(app: Flask) -> None:
    for _ in range(3):
        count((THREE, "susan"))
    with pytest.raises(Throttled, match="try again in 60 minutes") as refused:
        count((THREE, "susan"))
    assert 3590 < refused.value.retry_after <= 3600


def test_where_one_limit_is_used_up_no_other_is_counted(app: Flask) -> None:
    count((THREE, "susan"), (TWO, "10.0.0.1"))
    count((THREE, "susan"), (TWO, "10.0.0.1"))
    assert not is_counted((THREE, "susan"), (TWO, "10.0.0.1"))
    assert is_counted((THREE, "susan"), (TWO, "10.0.0.2"))
    assert not is_counted((THREE, "susan"), (TWO, "10.0.0.2"))


def test_what_was_right_is_given_back(app: Flask) -> None:
    for _ in range(9):
        count((THREE, "susan"))
        refund((THREE, "susan"))
    assert [is_counted((THREE, "susan")) for _ in range(4)] == [True, True, True, False]


def test_many_at_once_are_not_more(app: Flask) -> None:
    def attempt(_number: int) -> bool:
        with app.app_context():
            return is_counted((THREE, "susan"), (TWO, "susan"))

    with ThreadPoolExecutor(8) as several:
        assert sum(several.map(attempt, range(16))) == 2
