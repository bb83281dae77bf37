"""What every request goes through before any page sees it, and the number by which it is found again."""

import uuid
from urllib.parse import urlsplit

from flask import Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix

from backoffice.console.http.guards import check_host, check_method, check_origin, check_size


def init_app(app: Flask) -> None:
    """Number and check the requests, and believe as many proxies as TRUSTED_PROXIES says.

    Comes before every other part that looks at requests: what is refused here, they are spared.
    """
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    for step in (_number, check_method, check_host, check_size, check_origin):
        app.before_request(step)
    app.after_request(_tell_number)
    app.after_request(_stay_here)


def _number() -> None:
    g.request_id = uuid.uuid4().hex


def _tell_number(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    return response


def _stay_here(response: Response) -> Response:
    """Make a redirect, whoever made it, a path on this host: `//host` and `/\\host` would be another."""
    if response.location:
        address = urlsplit(response.location)._replace(scheme="", netloc="")
        response.location = address._replace(path="/" + address.path.lstrip("/\\")).geturl()
    return response
