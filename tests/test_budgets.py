"""A statement that takes longer than it is worth is cut off, and leaves no limit behind."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from backoffice.extensions import db
from backoffice.statement_timeouts import TimedOut, budget, reading
from tests.listing.test_counting import LIMITS, SLOW

pytestmark = pytest.mark.every_database


def slow() -> None:
    db.session.scalar(text(SLOW[db.engine.dialect.name]))


@pytest.mark.parametrize("limited", [budget, reading])
def test_what_takes_too_long_is_cut_off_and_the_session_goes_on(
    app: Flask, limited: Callable[..., object]
) -> None:
    with pytest.raises(TimedOut), limited(db.session, 0.05):  # type: ignore[attr-defined]
        slow()
    assert db.session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("limited", [budget, reading])
def test_no_limit_is_left_to_the_next_transaction(app: Flask, limited: Callable[..., object]) -> None:
    question = LIMITS.get(db.engine.dialect.name)
    usual = db.session.scalar(text(question)) if question else None
    with limited(db.session, 0.5):  # type: ignore[attr-defined]
        assert db.session.scalar(text("SELECT 1")) == 1
    db.session.rollback()
    assert (db.session.scalar(text(question)) if question else None) == usual


def test_a_shorter_limit_holds_within_a_longer_one(app: Flask) -> None:
    with reading(db.session, 60):
        with pytest.raises(TimedOut), reading(db.session, 0.05):
            slow()
        assert db.session.scalar(text("SELECT 1")) == 1
