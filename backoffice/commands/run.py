"""`manage.py run`: the server and a worker together."""

from contextlib import ExitStack
from socket import gethostname

import click
from flask import current_app
from flask_babel import gettext as _

import config
from backoffice.commands import first_run
from backoffice.commands.command import command
from backoffice.commands.listening import listen
from backoffice.commands.supervisor import Supervisor
from backoffice.extensions import db

GUNICORN = ("-m", "gunicorn", "--config", "python:backoffice.commands.gunicorn_settings")
APPLICATION = "backoffice:create_app()"
WORKER = (str(config.ROOT / "manage.py"), "worker")


@command("run")
@click.option(
    "--prepare", is_flag=True, help="First make what is missing: tables, an administrator, sample data."
)
@click.option("--worker/--no-worker", default=True, show_default=True, help="Start a worker, too.")
def run(prepare: bool, worker: bool) -> None:
    """Serve the console at HOST and PORT, and do its work behind the pages, until stopped."""
    host, port = current_app.config["HOST"], current_app.config["PORT"]
    with ExitStack() as opened, Supervisor() as supervisor:
        # Before anything else: where the port is taken, nothing was begun.
        sockets = [opened.enter_context(opening) for opening in listen(host, port)]
        descriptors = [opening.fileno() for opening in sockets]
        if prepare:
            first_run.prepare()
        db.session.remove()
        db.engine.dispose()
        binds = [argument for descriptor in descriptors for argument in ("--bind", f"fd://{descriptor}")]
        supervisor.start("server", (*GUNICORN, *binds, APPLICATION), descriptors)
        opened.close()
        if worker:
            # Known by this, it goes on at once with what it was at when it was killed.
            supervisor.start("worker", (*WORKER, "--name", f"{gethostname()}:{port}"), again=True)
        _say_where(host, port)
        supervisor.wait()


def _say_where(host: str, port: int) -> None:
    # These mean "every address", and are none that a browser could open.
    name = "localhost" if host in config.EVERY_ADDRESS else host
    root = current_app.config["APPLICATION_ROOT"].rstrip("/")
    url = f"http://{f'[{name}]' if ':' in name else name}:{port}{root}/admin/"
    click.echo(_("Backoffice is on %(url)s - sign in there. Ctrl-C stops it.", url=url))
