"""`manage.py worker`: the console's work behind the pages."""

from pathlib import Path

from flask import Flask, current_app

from backoffice.commands.command import command
from backoffice.commands.housekeeping import tidy_up
from backoffice.work import every_hour, open_queue, serve


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

    settings = app.config
    queue = open_queue(Path(app.instance_path) / "queue.db", settings["REDIS_URL"], settings["SECRET_KEY"])
    every_hour(queue, housekeeping)
    serve(queue)
