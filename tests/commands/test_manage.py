"""`manage.py` itself, and `flask --app manage`, which does the same."""

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.extensions import db
from backoffice.models import Change, User
from tests.processes import Command

on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@pytest.fixture(params=["manage.py", "flask"])
def program(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_wrong_setting_is_one_line(program: str) -> None:
    command = Command("routes", program=program, PORT="many")
    assert command.end() == "PORT: a whole number from 1 to 65535, not 'many'.\n"
    assert command.process.exitcode == 1


def test_every_command_is_listed() -> None:
    said = Command("--help").succeed()
    for name in ("adopt", "create-admin", "db", "routes", "run", "seed", "set-password", "shell", "worker"):
        assert f"\n  {name} " in said, name


# What the tutorial types into the shell in its chapter on databases.
TUTORIAL = """
u = User(username='john', email='john@example.com')
db.session.add(u)
db.session.commit()
db.session.add(User(username='susan', email='susan@example.com'))
db.session.commit()
print(User.query.all())
u = User.query.get(1)
p = Post(body='my first post!', author=u)
db.session.add(p)
db.session.commit()
print(u.posts.all(), p.author, Post.query.all())
print(User.query.order_by(User.username.desc()).all())

for post in Post.query.all(): db.session.delete(post)

for user in User.query.all(): db.session.delete(user)

db.session.commit()
print(User.query.all(), Post.query.all())
"""


@on_sqlite
def test_the_tutorial_can_be_typed_into_the_shell(app: Flask, program: str) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].render_as_string(hide_password=False)
    said = Command("shell", program=program, typed=TUTORIAL, DATABASE_URL=url).succeed()
    assert "[<User john>, <User susan>]" in said
    assert "[<Post my first post!>] <User john> [<Post my first post!>]" in said
    assert "[<User susan>, <User john>]" in said
    assert "[] []" in said
    assert db.session.scalars(select(User)).all() == []
    # All of it is on record.
    assert db.session.scalars(select(Change.action)).all() == ["insert"] * 3 + ["delete"] * 3
