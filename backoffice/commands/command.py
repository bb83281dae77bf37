"""How every command of ours runs: inside the application, under its own name, refusing in one line."""

import functools
from collections.abc import Callable

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from backoffice.database_errors import fault_message, fault_of
from backoffice.exceptions import BackofficeError
from backoffice.history import Actor, acting_as


def command(name: str, **attributes: object) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function a click command of `manage.py`; its docstring is the help.

    One of a group is named with the name of the group: `history verify`.

    What it changes is recorded as done by the command. Whatever the console or the database refuses is one
    line and exit code 1.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def run(*args: object, **options: object) -> None:
            with acting_as(Actor("command", f"manage.py {name}")):
                _in_one_line(lambda: function(*args, **options))

        return click.command(name.rpartition(" ")[2], cls=click.Command, **attributes)(with_appcontext(run))

    return decorate


def _in_one_line(work: Callable[[], None]) -> None:
    try:
        work()
    except BackofficeError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(_refusal_of(error)) from error


def _refusal_of(error: DBAPIError) -> str:
    """What is the matter; and what the database itself says of it, since whoever asks is at the machine."""
    fault, said = fault_of(error), str(error.orig).strip().partition("\n")[0]
    if fault.is_for_later:
        return f"{fault_message(fault.reason)} ({said})"
    return str(
        _("The database refused: %(reason)s (Is it up to date? See: manage.py db upgrade)", reason=said)
    )
