"""What every request goes through before any page sees it, and the number by which it is found again."""

import uuid
from urllib.parse import urlsplit

from flask import Flask, Response, g
from werkzeug.wrappers import Request

from backoffice.console.http.guards import Refused, check_form, check_head, check_text, judge_head
from backoffice.console.http.mount import Environ, mounted, seen_below


def init_app(app: Flask) -> None:
    """Number and check the requests, and have the application stand where APPLICATION_ROOT or a proxy says.

    Comes before every other part that looks at requests: what is refused here, they are spared.
    """
    app.wsgi_app = mounted(app.wsgi_app, app.config)  # type: ignore[method-assign, assignment]
    for step in (_number, check_head, check_form, check_text):
        app.before_request(step)
    app.after_request(_tell_number)
    app.after_request(_stay_here)


def is_refused(app: Flask, environ: Environ) -> bool:
    """Whether the application will refuse this request by its head alone. No database is asked."""
    try:
        judge_head(Request(seen_below(environ, app.config)), app.config)
    except Refused:
        return True
    return False


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
