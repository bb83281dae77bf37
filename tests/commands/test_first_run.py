"""What `manage.py run --prepare` makes where nothing is there yet, and what it leaves alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Column, MetaData, String, func, select

from backoffice import create_app
from backoffice.commands.first_run import prepare
from backoffice.extensions import db
from backoffice.models import Administrator, Post, User
from tests import microblog
from tests.conftest import add_administrator, settings

pytestmark = pytest.mark.every_database

HINT = "There is no administrator yet. Make one: python manage.py create-admin USERNAME EMAIL\n"


@pytest.fixture
def new_app(database_url: str) -> Iterator[Flask]:
    """An application on an empty database."""
    app = create_app(settings(database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def rows() -> tuple[int | None, ...]:
    return tuple(db.session.scalar(select(func.count(model.id))) for model in (User, Post, Administrator))


def test_a_new_database_gets_an_administrator_and_sample_data(
    new_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare()
    assert rows() == (51, 500, 1)
    password = re.search(r"^Username: admin\nPassword: (\S{20,})$", capsys.readouterr().out, re.MULTILINE)
    admin = db.session.scalars(select(User).join(Administrator, Administrator.user_id == User.id)).one()
    assert (admin.username, admin.email) == ("admin", "admin@example.com")
    assert password
    assert admin.check_password(password[1])
    assert db.session.scalars(select(Administrator.password_made_up_at)).one() is not None


def test_a_second_time_changes_nothing_and_says_nothing(
    new_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare()
    first = db.session.scalars(select(User.password_hash).where(User.username == "admin")).one()
    capsys.readouterr()
    prepare()
    assert rows() == (51, 500, 1)
    assert db.session.scalars(select(User.password_hash).where(User.username == "admin")).one() == first
    assert capsys.readouterr().out == ""


def test_in_production_nobody_has_a_name_that_everybody_knows(
    new_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    new_app.config.update(BACKOFFICE_ENV="production", SAMPLE_DATA=False)
    prepare()
    assert rows() == (0, 0, 0)
    migrated, hint = capsys.readouterr().out.splitlines(keepends=True)
    assert migrated.startswith("The database is at ")
    assert hint == HINT


def test_there_is_no_sample_data_where_it_is_not_wanted(new_app: Flask) -> None:
    new_app.config["SAMPLE_DATA"] = False
    prepare()
    assert rows() == (1, 0, 1)


def test_there_is_no_sample_data_beside_what_was_there(app: Flask) -> None:
    add_administrator("susan", "administrator")
    prepare()
    assert rows() == (1, 0, 1)


def test_an_adopted_database_gets_no_sample_data(new_app: Flask) -> None:
    microblog.first_chapter().create_all(db.engine)
    prepare()
    assert rows() == (1, 0, 1)


def of_an_admin(tables: MetaData) -> None:
    """Somebody signed up as `admin` long ago."""
    tables.create_all(db.engine)
    with db.engine.begin() as connection:
        connection.execute(tables.tables["user"].insert(), {"username": "Admin", "email": "a@example.com"})


def with_more_columns(tables: MetaData) -> None:
    """A user needs more than the console knows."""
    tables.tables["user"].append_column(Column("plan", String(9), nullable=False))
    tables.create_all(db.engine)


@pytest.mark.parametrize("make", [of_an_admin, with_more_columns])
def test_nobody_is_made_an_administrator_by_their_name_alone(
    new_app: Flask, capsys: pytest.CaptureFixture[str], make: Callable[[MetaData], None]
) -> None:
    make(microblog.first_chapter())
    prepare()
    assert rows()[1:] == (0, 0)
    assert capsys.readouterr().out.endswith(HINT)
