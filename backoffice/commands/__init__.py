"""What `manage.py` adds to Flask's own commands and Flask-Migrate's."""

from typing import Any

from flask import Flask

from backoffice.commands import development_server
from backoffice.commands.administrators import create_admin, set_password
from backoffice.commands.adopt import adopt
from backoffice.commands.history import history
from backoffice.commands.search_index import search_index
from backoffice.commands.second_factor import reset_second_factor
from backoffice.commands.seed import seed
from backoffice.commands.unlock import unlock
from backoffice.commands.worker import worker
from backoffice.extensions import db
from backoffice.models import Post, User

COMMANDS = (
    adopt,
    create_admin,
    history,
    reset_second_factor,
    search_index,
    seed,
    set_password,
    unlock,
    worker,
)


def init_app(app: Flask) -> None:
    """Give the application its commands, and the shell the names that everybody needs in it."""
    development_server.init_app(app)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.shell_context_processor(_shell_names)


def _shell_names() -> dict[str, object]:
    return {"db": db, "User": User, "Post": Post}
