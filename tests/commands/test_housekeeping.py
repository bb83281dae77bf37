"""What is forgotten with time, and what is not."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.clock import utcnow
from backoffice.commands.housekeeping import tidy_up
from backoffice.extensions import db
from backoffice.models import Administrator, Draft, Selection, SelectionPage, SignIn, User

DAY = timedelta(days=1)


@pytest.fixture
def administrator(susan: User) -> Administrator:
    return db.session.scalars(select(Administrator)).one()


def add_sign_in(
    owner: Administrator,
    name: str,
    began: timedelta,
    ended: timedelta | None = None,
    remembered: bool = False,
) -> None:
    """A sign-in that began, and perhaps ended, this long ago."""
    beginning = utcnow() - began
    db.session.add(
        SignIn(
            administrator_id=owner.id,
            token_digest=name,
            remembered=remembered,
            created_at=beginning,
            last_seen_at=beginning,
            ended_at=ended and utcnow() - ended,
        )
    )
    db.session.commit()


def kept() -> set[str]:
    tidy_up()
    return set(db.session.scalars(select(SignIn.token_digest)))


def test_sign_ins_that_ended_a_month_ago_are_forgotten(app: Flask, administrator: Administrator) -> None:
    add_sign_in(administrator, "long over", began=40 * DAY, ended=31 * DAY)
    add_sign_in(administrator, "just over", began=29 * DAY, ended=29 * DAY)
    assert kept() == {"just over"}


def test_sign_ins_that_ran_out_a_month_ago_are_forgotten(app: Flask, administrator: Administrator) -> None:
    longest = app.config["SESSION_REMEMBERED"]
    add_sign_in(administrator, "ran out", began=31 * DAY)
    add_sign_in(administrator, "young", began=DAY)
    add_sign_in(administrator, "remembered", began=longest + 29 * DAY, remembered=True)
    add_sign_in(administrator, "remembered too long ago", began=longest + 31 * DAY, remembered=True)
    assert kept() == {"young", "remembered"}


def test_selections_that_nobody_acted_on_are_forgotten(app: Flask, administrator: Administrator) -> None:
    for token, age in (("yesterday's", 2 * DAY), ("today's", timedelta())):
        chosen = Selection(
            token=token, administrator_id=administrator.id, table_name="post", created_at=utcnow() - age
        )
        db.session.add(chosen)
        db.session.flush()
        db.session.add(SelectionPage(selection_id=chosen.id, number=0, keys=["1"]))
    db.session.commit()
    tidy_up()
    assert db.session.scalars(select(Selection.token)).all() == ["today's"]
    assert len(db.session.scalars(select(SelectionPage)).all()) == 1


def test_drafts_that_nobody_came_back_to_are_forgotten(app: Flask, administrator: Administrator) -> None:
    for key, age in (("1", DAY * 2), ("2", timedelta(hours=23))):
        db.session.add(
            Draft(
                administrator_id=administrator.id,
                table_name="post",
                row_key=key,
                fields="{}",
                shown="{}",
                updated_at=utcnow() - age,
            )
        )
    db.session.commit()
    tidy_up()
    assert db.session.scalars(select(Draft.row_key)).all() == ["2"]
