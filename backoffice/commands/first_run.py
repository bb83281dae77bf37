"""What a fresh clone lacks: tables, an administrator, and a little to look at."""

import click
from flask import current_app
from flask_babel import gettext as _
from flask_migrate import upgrade
from sqlalchemy import select

from backoffice.accounts import create_administrator
from backoffice.accounts.passwords import generate_password
from backoffice.commands.seed import add_sample, refuse_unfillable
from backoffice.exceptions import BackofficeError
from backoffice.extensions import db
from backoffice.models import Administrator, Post, User, origins
from backoffice.permissions import HIGHEST

USERNAME, EMAIL = "admin", "admin@example.com"
SAMPLE_USERS, SAMPLE_POSTS = 50, 500


def prepare() -> None:
    """Bring the database up to date; add sample data and an administrator where there is nothing yet.

    What is there is kept, so that this can be done before every start.
    """
    upgrade()
    if current_app.config["SAMPLE_DATA"] and _is_new():
        add_sample(SAMPLE_USERS, SAMPLE_POSTS)
        click.echo(_("Added a few made-up users and posts to look at."))
    if db.session.scalar(select(Administrator.id).limit(1)) is None:
        # In production nobody has an account whose name everybody knows.
        is_production = current_app.config["BACKOFFICE_ENV"] == "production"
        _say_how() if is_production else _create_first_administrator()


def _is_new() -> bool:
    """Whether the console made the application's tables, and nothing has come into them yet."""
    if any(origins(db.session.connection()).values()):
        return False
    return all(db.session.scalar(select(model.id).limit(1)) is None for model in (User, Post))


def _create_first_administrator() -> None:
    password = generate_password()
    try:
        refuse_unfillable()
        create_administrator(USERNAME, EMAIL, HIGHEST, password, temporary=True)
    except BackofficeError:
        # Somebody has this name, or the application's table wants more of a user than we can say.
        _say_how()
        return
    click.echo(_("The first administrator, whose password is shown this once:"))
    click.echo(f"Username: {USERNAME}")
    click.echo(f"Password: {password}")


def _say_how() -> None:
    click.echo(_("There is no administrator yet. Make one: python manage.py create-admin USERNAME EMAIL"))
