"""The command line: `python manage.py --help`. `flask --app manage ...` is the same, but for `run`."""

import sys

from flask import Flask
from flask.cli import FlaskGroup

import backoffice
from backoffice.commands.run import run
from config import SettingError


def create_app() -> Flask:
    """The application; a setting that it cannot start with is one line, not a stack trace."""
    try:
        return backoffice.create_app()
    except SettingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    cli = FlaskGroup(create_app=create_app, help="The console's commands.")
    # The server that production has too, in place of Flask's own.
    cli.add_command(run)
    cli()
