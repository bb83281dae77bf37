"""Whether this process and its database are up, for whoever watches over them."""

from threading import Lock
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from backoffice.console.http.errors import ask_for_nobody
from backoffice.console.http.guards import SAFE
from backoffice.console.http.health_check import HealthCheck
from backoffice.console.http.requests import is_refused
from backoffice.database_errors import fault_message
from backoffice.extensions import db

ADDRESSES = ("/healthz",)
CHECK = "backoffice_health_check"

health = Blueprint("health", __name__)
_making = Lock()


@health.get(ADDRESSES[0])
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


def is_health_check(app: Flask, environ: dict[str, Any]) -> bool:
    """Whether a request asks for this, which is answered also while all threads are at work."""
    is_asked = environ["PATH_INFO"] in ADDRESSES and environ["REQUEST_METHOD"] in SAFE
    return is_asked and not is_refused(app, environ)
