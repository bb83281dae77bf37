"""Flask's own server, `flask run`: it can bring the debugger, which runs any Python for whoever opens it."""

import click
from flask import Flask
from flask.cli import run_command

from config import SettingError


def init_app(app: Flask) -> None:
    """Let Flask's own server serve `app` in development only. Raises SettingError in production.

    With `--debugger` it would bring the debugger even where FLASK_DEBUG is off.
    """
    context = click.get_current_context(silent=True)
    if app.config["BACKOFFICE_ENV"] == "production" and context and context.command is run_command:
        raise SettingError("BACKOFFICE_ENV", "production is served by manage.py run, not by flask run.")
