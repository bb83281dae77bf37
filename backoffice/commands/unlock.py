"""`unlock`."""

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.accounts import unlocking
from backoffice.commands.command import command


@command("unlock")
@click.argument("name", required=False)
@click.option("--address", help="What counts against this address.")
@click.option("--all", "everybody", is_flag=True, help="What counts against anybody.")
def unlock(name: str | None, address: str | None, everybody: bool) -> None:
    """Let somebody try again who was turned away after too many attempts.

    NAME is a username or an email; everything is cleared that counts against this person: by their names, on
    their devices, and at the second factor. What counts against an address is cleared apart.
    """
    if [bool(name), bool(address), everybody].count(True) != 1:
        raise click.UsageError(_("Please give a name, or --address, or --all."))
    if name:
        _tell(unlocking.unlock(name), name)
    elif address:
        _tell(unlocking.unlock_address(address), address)
    else:
        _tell(unlocking.unlock_all(), _("everybody"))


def _tell(cleared: int, whose: str) -> None:
    if not cleared:
        click.echo(_("Nothing counted against %(whose)s.", whose=whose))
        return
    click.echo(
        ngettext(
            "Cleared %(num)d limit of %(whose)s.",
            "Cleared %(num)d limits of %(whose)s.",
            cleared,
            whose=whose,
        )
    )
