"""Whether this process and its database are up, for whoever watches over them."""

from threading import Lock

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from backoffice.console.http.errors import ask_for_nobody
from backoffice.console.http.guards import HEALTH, SAFE
from backoffice.console.http.health_check import HealthCheck
from backoffice.console.http.mount import Environ, seen_below
from backoffice.console.http.requests import is_refused
from backoffice.database_errors import fault_message
from backoffice.extensions import db

CHECK = "backoffice_health_check"

health = Blueprint("health", __name__)
_making = Lock()


@health.get(HEALTH[0])
def healthz() -> ResponseReturnValue:
    """200 where the database answers, 503 where it does not, within two seconds."""
    ask_for_nobody()
    fault = _check().fault()
    if fault is None:
        return jsonify(status="ok")
    later = {"Retry-After": "5"}
    return jsonify(status="unavailable", reason=fault_message(fault.reason)), 503, later


def _check() -> HealthCheck:
    # By each process for itself, when it is first asked: connections are not shared by processes.
    with _making:
        if CHECK not in current_app.extensions:
            current_app.extensions[CHECK] = HealthCheck(db.engine, current_app.config)
        check: HealthCheck = current_app.extensions[CHECK]
        return check


def is_health_check(app: Flask, environ: Environ) -> bool:
    """Whether a request asks for this, which is answered also while all threads are at work."""
    if environ["REQUEST_METHOD"] not in SAFE or not environ["PATH_INFO"].endswith(HEALTH):
        return False
    return seen_below(environ, app.config)["PATH_INFO"] in HEALTH and not is_refused(app, environ)
