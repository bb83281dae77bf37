"""`manage.py worker`: the console's work behind the pages."""

import gc
import logging

import click
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from backoffice import bulk, history, work
from backoffice.commands.command import command
from backoffice.commands.housekeeping import tidy_up
from backoffice.exceptions import BackofficeError
from backoffice.models import Operation, Selection
from backoffice.work import JobType, app_queue, every_hour, serve

log = logging.getLogger(__name__)


@command("worker")
@click.option(
    "--name", help="Which no other worker has: what one of this name was at is gone on with at once."
)
def worker(name: str | None) -> None:
    """Do the console's work behind the pages, until stopped.

    `manage.py run` brings one worker with it. Start as many as you like, on as many machines as share the
    queue in REDIS_URL.
    """
    work.lease.name_worker(name)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def housekeeping() -> None:
        with app.app_context():
            try:
                tidy_up()
            except (BackofficeError, SQLAlchemyError) as error:
                log.warning("housekeeping is left to the next hour: %s", type(error).__name__)

    queue = app_queue()
    every_hour(queue, housekeeping)
    job_types = (
        JobType("operation", Operation, work.run_operation),
        JobType("selection", Selection, bulk.freeze),
    )
    # What is there by now stays: chunks of thousands of rows need not have it looked through for garbage.
    gc.freeze()
    serve(app, queue, job_types, every_second=(history.seal_some,))
