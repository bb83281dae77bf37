"""The threads of a process: what may take long has half of them, so that the pages go on."""

from threading import BoundedSemaphore

from flask import current_app


def half_of_threads(purpose: str) -> BoundedSemaphore:
    """As many turns at this as half of the threads of the process, one at least."""
    threads: int = current_app.config["WEB_THREADS"]
    turns: BoundedSemaphore = current_app.extensions.setdefault(
        f"backoffice_turns_{purpose}", BoundedSemaphore(max(1, threads // 2))
    )
    return turns
