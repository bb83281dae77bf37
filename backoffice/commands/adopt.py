"""`manage.py adopt --check`: what `db upgrade` would adopt, said without doing it."""

import click
from flask_babel import gettext as _

from backoffice.commands.command import command
from backoffice.extensions import db
from backoffice.models import describe, refuse_problems, survey


@command("adopt")
@click.option("--check", is_flag=True, help="Only look, and say what was found.")
def adopt(check: bool) -> None:
    """Say whether the console can work on the tables of this database; nothing is changed.

    Ends with 0 where it can, and with 1 where something stands in the way.
    """
    if not check:
        raise click.UsageError(_("`db upgrade` adopts; with `adopt --check` you look first."))
    with db.engine.connect() as connection:
        findings = survey(connection)
        lines = describe(connection, findings)
    for line in lines:
        click.echo(line)
    refuse_problems(findings)
