"""What is forgotten with time, and what is not."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, inspect, select, text, update

from backoffice.clock import utcnow
from backoffice.commands.housekeeping import tidy_up
from backoffice.extensions import db
from backoffice.listing.column import table_of
from backoffice.listing.estimates import estimated_size
from backoffice.models import (
    Administrator,
    AdminSession,
    Draft,
    Post,
    SecurityEvent,
    Selection,
    SelectionPage,
    TableOrigin,
    Throttle,
    TrustedDevice,
    User,
)
from backoffice.security import event_retention

pytestmark = pytest.mark.every_database

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
        AdminSession(
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
    return set(db.session.scalars(select(AdminSession.token_digest)))


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


def test_events_are_deleted_in_time(
    app: Flask, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_retention, "AT_ONCE", 2)
    for age in (300, 200, 181, 181, 181, 179, 1):
        db.session.add(SecurityEvent(kind="probe:id", name=str(age), at=utcnow() - age * DAY))
        db.session.commit()
    tidy_up()
    assert db.session.scalars(select(SecurityEvent.name).order_by(SecurityEvent.id)).all() == ["179", "1"]
    monkeypatch.setattr(event_retention, "MOST", 1)
    tidy_up()
    assert db.session.scalars(select(SecurityEvent.name)).all() == ["1"]


def test_attempts_and_browsers_are_forgotten_when_they_count_no_more(
    app: Flask, administrator: Administrator
) -> None:
    for name, age in (("past", -DAY), ("present", DAY)):
        at = utcnow() + age
        db.session.add(Throttle(limit_name="x", subject_digest=name, free_at=at, refused=0))
    for name, days in (("unused", 91), ("used", 89)):
        used = utcnow() - days * DAY
        db.session.add(TrustedDevice(administrator_id=administrator.id, token_digest=name, last_used_at=used))
    db.session.commit()
    tidy_up()
    assert db.session.scalars(select(Throttle.subject_digest)).all() == ["present"]
    assert db.session.scalars(select(TrustedDevice.token_digest)).all() == ["used"]


def posts_known(app: Flask) -> int:
    """How many posts the database itself takes there to be."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the others keep such numbers by themselves")
    db.session.add_all(Post(body=f"post {number}") for number in range(120))
    db.session.commit()
    tidy_up()
    return size_of_posts()


def size_of_posts() -> int:
    size = estimated_size(db.session, table_of(inspect(Post)))
    return 0 if size is None else db.session.scalar(select(size.c.size)) or 0


def test_a_database_without_numbers_of_its_own_learns_them(app: Flask) -> None:
    assert posts_known(app) == 120
    db.session.execute(delete(Post).where(Post.id > 20))
    db.session.commit()
    tidy_up()
    assert size_of_posts() == 20


def test_nothing_is_added_to_tables_that_were_found(app: Flask) -> None:
    db.session.execute(update(TableOrigin).values(adopted=True))
    db.session.commit()
    assert posts_known(app) == 0
    assert "sqlite_stat1" not in db.session.scalars(text("SELECT name FROM sqlite_master")).all()
