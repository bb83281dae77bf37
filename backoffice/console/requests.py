"""What every request gets: whom it comes from, and a number that the logs and the records share."""

import uuid

from flask import Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask) -> None:
    """Number the requests, and believe as many proxies as TRUSTED_PROXIES says."""
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.before_request(_number)
    app.after_request(_tell_number)


def _number() -> None:
    g.request_id = uuid.uuid4().hex


def _tell_number(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    return response
