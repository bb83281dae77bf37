"""Having the application answer a whole request, in a thread."""

from contextlib import closing, nullcontext
from datetime import datetime
from typing import Any

from backoffice.commands.web_worker.connection import Connection
from backoffice.commands.web_worker.outlet import ClientGone
from backoffice.commands.web_worker.plain_answer import FAILED


def answer(worker: Any, connection: Connection) -> None:
    """Answer the request that has arrived, and find out whether another one may follow."""
    connection.is_kept, response = False, connection.response
    try:
        _run_application(worker, connection)
    except ClientGone:
        worker.log.debug("nobody waited for the answer")
    except Exception:
        worker.log.exception("an answer has failed")
        # Once it has begun, nothing may follow that could be taken for its end.
        if not response.headers_sent:
            connection.outlet.sendall(worker.plain(FAILED))
    else:
        connection.is_kept = not response.should_close()


def _run_application(worker: Any, connection: Connection) -> None:
    began = datetime.now()  # noqa: DTZ005 (for gunicorn, which takes it for a duration only)
    cfg, environ, response = worker.cfg, connection.environ, connection.response
    request = connection.arrival.request
    cfg.pre_request(worker, request)
    if not (worker.alive and cfg.keepalive):
        response.force_close()
    try:
        pieces = worker.wsgi(environ, response.start_response)
        with closing(pieces) if hasattr(pieces, "close") else nullcontext():
            for piece in pieces:
                response.write(piece)
            response.close()
        worker.log.access(response, request, environ, datetime.now() - began)  # noqa: DTZ005
    finally:
        cfg.post_request(worker, request, environ, response)
