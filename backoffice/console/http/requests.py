"""What every request goes through before any page sees it, and the number by which it is found again."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request

from backoffice.console.http.guards import Refused, check_form, check_head, judge_head

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Number and check the requests, and believe as many proxies as TRUSTED_PROXIES says.

    Comes before every other part that looks at requests: what is refused here, they are spared.
    """
    app.wsgi_app = _behind_proxies(app.wsgi_app, app.config)  # type: ignore[method-assign, assignment]
    for step in (_number, check_head, check_form):
        app.before_request(step)
    app.after_request(_tell_number)
    app.after_request(_stay_here)


def _behind_proxies(application: Application, config: Mapping[str, Any]) -> Application:
    proxies = config["TRUSTED_PROXIES"]
    return ProxyFix(application, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else application


def is_refused(app: Flask, environ: dict[str, object]) -> bool:
    """Whether the application will refuse this request by its head alone. No database is asked."""

    def check_strength(seen: dict[str, object], _start_response: object) -> list[bytes]:
        judge_head(Request(seen), app.config)
        return []

    try:
        _behind_proxies(check_strength, app.config)({**environ}, None)
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
