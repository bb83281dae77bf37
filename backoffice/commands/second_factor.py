"""`reset-second-factor`, for when there is no other administrator who could."""

import click
from flask_babel import gettext as _

from backoffice.accounts import find_account, find_user
from backoffice.accounts.mfa import reset
from backoffice.commands.command import command
from backoffice.exceptions import NotFound
from backoffice.models import Administrator


@command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take the second factor of an administrator away, and end their sessions.

    Their authenticator app, passkeys and recovery codes stop working. They sign in with their password then,
    and can set up a new one.
    """
    grant = _grant_of(username)
    if grant is None:
        raise NotFound(_("There is no administrator %(name)s.", name=username))
    name = grant.username
    reset(grant.id)
    click.echo(_("The second factor of %(name)s was reset, and they are signed out everywhere.", name=name))


def _grant_of(username: str) -> Administrator | None:
    user = find_user(username)
    return find_account(user.id).grant if user else None
