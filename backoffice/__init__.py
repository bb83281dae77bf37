"""Backoffice: the admin back-office console that administrators trust with the delete key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

import config
from backoffice import commands, connections, history, security
from backoffice.console import console
from backoffice.console.http import requests
from backoffice.console.presenters import locale
from backoffice.extensions import babel, bcrypt, csrf, db, login_manager, migrate
from backoffice.permissions import ROLES

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The console as a WSGI application.

    `settings` are Flask's, as `config.load` makes them from the environment, which is the default.
    Raises config.SettingError, with one line, for a setting that cannot be used.
    """
    app = Flask(__name__, instance_path=str(ROOT / "instance"), static_folder=None)
    app.config.from_mapping(checked(config.load() if settings is None else settings))
    security.open_log()
    requests.init_app(app)
    _bind_extensions(app)
    console.init_app(app)
    commands.init_app(app)
    return app


def checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, in which every role is one that there is. Raises config.SettingError."""
    name = "SECOND_FACTOR_ROLES"
    roles = list(ROLES) if settings[name] == ["all"] else list(settings[name])
    unknown = next((role for role in roles if role not in ROLES), None)
    if unknown is not None:
        raise config.SettingError(name, f"all, none, or a list of {', '.join(ROLES)}; not {unknown!r}.")
    return {**settings, name: roles}


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            connections.configure(engine, app.config)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    bcrypt.init_app(app)
    babel.init_app(app, locale_selector=locale.language, timezone_selector=locale.zone)
    login_manager.init_app(app)
    csrf.init_app(app)


history.install()
history.install_claims()
