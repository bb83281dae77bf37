"""`manage.py` itself, and `flask --app manage`, which does the same."""

import os
import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice import ROOT
from backoffice.extensions import db
from backoffice.models import Change, User

WAYS = {"manage.py": ["manage.py"], "flask": ["-m", "flask", "--app", "manage"]}
on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def run(*command: str, typed: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with these arguments in the project's folder, and type into it."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "k" * 40} | settings,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> list[str]:
    return WAYS[request.param]


def test_a_wrong_setting_is_one_line(way: list[str]) -> None:
    done = run(*way, "routes", PORT="many")
    assert done.returncode == 1
    assert done.stderr == "PORT: a whole number from 1 to 65535, not 'many'.\n"


def test_every_command_is_listed() -> None:
    done = run("manage.py", "--help")
    for name in ("adopt", "create-admin", "db", "routes", "run", "seed", "set-password", "shell", "worker"):
        assert f"\n  {name} " in done.stdout, name


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
def test_the_tutorial_can_be_typed_into_the_shell(app: Flask, way: list[str]) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].render_as_string(hide_password=False)
    done = run(*way, "shell", typed=TUTORIAL, DATABASE_URL=url)
    assert "[<User john>, <User susan>]" in done.stdout
    assert "[<Post my first post!>] <User john> [<Post my first post!>]" in done.stdout
    assert "[<User susan>, <User john>]" in done.stdout
    assert "[] []" in done.stdout
    assert db.session.scalars(select(User)).all() == []
    # All of it is on record.
    assert db.session.scalars(select(Change.action)).all() == ["insert"] * 3 + ["delete"] * 3
