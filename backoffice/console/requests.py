"""What every request gets: a number that the logs and the records share."""

import uuid

from flask import Flask, Response, g


def init_app(app: Flask) -> None:
    """Number the requests."""
    app.before_request(_number)
    app.after_request(_tell_number)


def _number() -> None:
    g.request_id = uuid.uuid4().hex


def _tell_number(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    return response
