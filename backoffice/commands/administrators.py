"""`create-admin` and `set-password`."""

import sys

import click
from flask_babel import gettext as _

from backoffice.accounts import create_administrator, find_account, find_user, find_user_exactly, grant_access
from backoffice.accounts.passwords import generate_password, is_risky, risk_of
from backoffice.accounts.passwords import set_password as give_password
from backoffice.commands.command import command
from backoffice.exceptions import Conflict, NotFound
from backoffice.permissions import HIGHEST, ROLES

from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)


@command("create-admin")
@click.argument("username")
@click.argument("email")
@click.option("--role", type=click.Choice(list(ROLES)), default=HIGHEST, show_default=True)
@from_stdin
def create_admin(username: str, email: str, role: str, password_stdin: bool) -> None:
    """Let a user enter the console; a user who is not there yet is made.

    The password is asked for twice. Where the answer is empty, or there is no terminal, one is generated and
    shown once, to be changed at the first login. A user who is there keeps the password they have; where
    it was stored by another application in a way of its own, the new one is for the console only.
    """
    user = find_user_exactly(username, email)
    if user is None:
        password, temporary = _choose_password(password_stdin)
        grant = create_administrator(username, email, role, password, temporary=temporary)
        _tell(grant.username, password if temporary else None)
    elif find_account(user.id).can_sign_in:
        _tell(grant_access(user.id, role).username, None)
        click.echo(_("They sign in with the password they have."))
    else:
        password, temporary = _choose_password(password_stdin)
        grant = grant_access(user.id, role, password, temporary=temporary)
        _tell(grant.username, password if temporary else None)


@command("set-password")
@click.argument("username")
@from_stdin
@click.option("--force", is_flag=True, help="Also where that can lock them out of another application.")
def set_password(username: str, password_stdin: bool, force: bool) -> None:
    """Give a user a new password, and end their sessions.

    The password is asked for twice. Where the answer is empty, or there is no terminal, one is generated and
    shown once, which an administrator has to change at the next login. Whoever can run this could read the
    key and the database too, so that it may choose any administrator's password; in the console nobody can.

    An administrator whose own password was stored by another application gets one for the console only.
    """
    user = find_user(username)
    if user is None:
        raise NotFound(_("There is no user %(name)s.", name=username))
    user_id, name = user.id, user.username
    if is_risky(find_account(user_id)) and not force:
        raise Conflict(risk_of(name) + " " + _("With --force it is done all the same."))
    password, temporary = _choose_password(password_stdin)
    give_password(user_id, password, temporary=temporary, force=force)
    _tell(name, password if temporary else None)


def _choose_password(from_stdin: bool) -> tuple[str, bool]:
    """A password, and whether it was generated: then it is temporary, and has to be shown."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = click.prompt(
            _("Password (leave empty to have one generated)"),
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
        )
    else:
        password = ""
    return (password, False) if password else (generate_password(), True)


def _tell(username: str, password: str | None) -> None:
    click.echo(f"Username: {username}")
    if password is not None:
        click.echo(f"Password: {password}")
