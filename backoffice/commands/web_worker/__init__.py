"""gunicorn's worker, in which a client that is slow or silent costs no thread."""

from backoffice.commands.web_worker.worker import WebWorker

__all__ = ["WebWorker"]
