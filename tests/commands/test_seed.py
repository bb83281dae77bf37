"""Sample data: believable, repeatable, beside what is there, and recorded."""

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Column, MetaData, String, delete, func, select

from backoffice import create_app
from backoffice.clock import utcnow
from backoffice.commands.seed import add_sample
from backoffice.extensions import db
from backoffice.models import Change, Operation, Post, User
from tests import microblog
from tests.conftest import settings
from tests.managing import refused, succeed

pytestmark = pytest.mark.every_database

on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def count(model: type[User | Post | Change | Operation]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_as_many_as_asked_for_are_added_and_counted(app: Flask) -> None:
    output = succeed("seed", "--users", "20", "--posts", "300")
    assert output == "Added 20 users and 300 posts.\n"
    assert (count(User), count(Post)) == (20, 300)


def test_one_of_each_is_said_in_the_singular(app: Flask) -> None:
    assert succeed("seed", "--users", "1", "--posts", "1") == "Added 1 user and 1 post.\n"


def test_it_is_one_operation_without_changes(app: Flask) -> None:
    succeed("seed", "--users", "20", "--posts", "30")
    act = db.session.scalars(select(Operation)).one()
    assert (act.kind, act.facts, act.changed_rows) == ("seed", {"added": {"user": 20, "post": 30}}, 50)
    assert (act.actor_kind, act.actor_name) == ("command", "manage.py seed")
    assert act.finished_at is not None
    assert count(Change) == 0


def test_the_rows_are_believable(app: Flask) -> None:
    add_sample(40, 1000)
    assert all(
        user.email.startswith(f"{user.username}@example.") for user in db.session.scalars(select(User))
    )
    assert db.session.scalars(select(User.password_hash).distinct()).all() == [None]
    first, last, longest = db.session.execute(
        select(func.min(Post.timestamp), func.max(Post.timestamp), func.max(func.length(Post.body)))
    ).one()
    assert utcnow() - timedelta(days=5 * 365) < first < last < utcnow()
    assert last - first > timedelta(days=4 * 365)
    assert longest <= 140


def test_few_write_most_and_some_posts_are_nobodys(app: Flask) -> None:
    add_sample(40, 1000, random_seed=1)
    written = Counter(db.session.scalars(select(Post.user_id)))
    assert 20 <= written.pop(None) <= 60
    assert max(written.values()) > 5 * 1000 / 40
    assert min(written.values()) < 1000 / 40 / 2


def rows() -> list[tuple[object, ...]]:
    users = select(User.username, User.email).order_by(User.id)
    posts = select(Post.body, Post.timestamp, User.username).outerjoin(Post.author).order_by(Post.id)
    return [tuple(row) for statement in (users, posts) for row in db.session.execute(statement)]


def test_the_same_seed_makes_the_same_rows(app: Flask) -> None:
    seen = []
    for seed in (7, 7, 8):
        succeed("seed", "--users", "10", "--posts", "50", "--random-seed", str(seed))
        seen.append(rows())
        db.session.execute(delete(Post))
        db.session.execute(delete(User))
        db.session.commit()
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_names_and_emails_that_are_taken_are_passed_over(app: Flask) -> None:
    add_sample(3, 0, random_seed=7)
    names = db.session.scalars(select(User.username).order_by(User.id)).all()
    db.session.execute(delete(User))
    db.session.add(User(username=names[0].upper(), email="one@example.org"))
    db.session.add(User(username="two", email=f"{names[1]}@EXAMPLE.com"))
    db.session.commit()
    for _turn in range(2):
        add_sample(30, 5, random_seed=7)
    assert (count(User), count(Post)) == (62, 10)
    assert len({name.lower() for name in db.session.scalars(select(User.username))}) == 62


def test_new_posts_are_written_by_the_new_users(app: Flask) -> None:
    db.session.add(User(username="susan", email="susan@example.com"))
    db.session.commit()
    add_sample(3, 50)
    assert db.session.scalars(select(User).where(User.username == "susan")).one().posts.count() == 0


def test_posts_alone_are_written_by_whoever_is_there(app: Flask) -> None:
    db.session.add(User(username="susan", email="susan@example.com"))
    db.session.commit()
    add_sample(0, 50)
    assert db.session.scalars(select(User)).one().posts.count() > 40


def test_posts_without_any_user_are_nobodys(app: Flask) -> None:
    succeed("seed", "--users", "0", "--posts", "5")
    assert db.session.scalars(select(Post.user_id)).all() == [None] * 5


@on_sqlite
@pytest.mark.parametrize(("users", "posts"), [("-1", "5"), ("5", "-1")])
def test_a_negative_number_is_refused(app: Flask, users: str, posts: str) -> None:
    message = "Error: The numbers of users and posts cannot be negative.\n"
    assert refused("seed", "--users", users, "--posts", posts) == message


@on_sqlite
def test_nothing_at_all_is_refused(app: Flask) -> None:
    message = "Error: There is nothing to add: both numbers are 0.\n"
    assert refused("seed", "--users", "0", "--posts", "0") == message


def test_what_is_interrupted_leaves_nothing(app: Flask) -> None:
    def interrupt(rows: int) -> None:
        if rows == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_sample(20, 30, progress=interrupt)
    assert (count(User), count(Post), count(Operation)) == (0, 0, 0)


@pytest.mark.slow
@on_sqlite
def test_memory_does_not_grow_with_the_rows(app: Flask) -> None:
    peaks = []
    for posts in (5_000, 10_000):
        tracemalloc.start()
        add_sample(10, posts)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.3


def test_where_every_post_needs_an_author_it_gets_one(database_url: str) -> None:
    with adopted(database_url, microblog.last_version()):
        succeed("seed", "--users", "5", "--posts", "200")
        assert count(Post) == 200


def test_a_column_that_cannot_be_filled_is_named(database_url: str) -> None:
    tables = microblog.first_chapter()
    tables.tables["user"].append_column(Column("plan", String(9), nullable=False))
    with adopted(database_url, tables):
        message = "Error: user.plan must be filled in every row, and the console does not know how.\n"
        assert refused("seed", "--users", "5", "--posts", "5") == message
        assert count(Operation) == 0


@contextmanager
def adopted(database_url: str, tables: MetaData) -> Iterator[None]:
    """An application on a database that another one made."""
    with create_app(settings(database_url)).app_context():
        tables.create_all(db.engine)
        upgrade()
        yield
        db.session.remove()
        db.engine.dispose()
