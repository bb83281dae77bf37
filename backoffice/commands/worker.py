"""`manage.py worker`: the console's work behind the pages."""

import gc

from flask import Flask, current_app

from backoffice import bulk, history, work
from backoffice.commands.command import command
from backoffice.commands.housekeeping import tidy_up
from backoffice.models import Operation, Selection
from backoffice.work import JobType, app_queue, every_hour, serve


@command("worker")
def worker() -> None:
    """Do the console's work behind the pages, until stopped.

    `manage.py run` brings one worker with it. Start as many as you like, on as many machines as share the
    queue in REDIS_URL.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def housekeeping() -> None:
        with app.app_context():
            tidy_up()

    queue = app_queue()
    every_hour(queue, housekeeping)
    job_types = (JobType("operation", Operation, work.go_on), JobType("selection", Selection, bulk.freeze))
    # What is there by now stays: chunks of thousands of rows need not have it looked through for garbage.
    gc.freeze()
    serve(app, queue, job_types, every_second=(history.seal_some,))
