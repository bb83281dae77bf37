"""Whether this process and its database are up, for whoever watches over them."""

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backoffice.console.http.guards import HEALTH, SAFE
from backoffice.console.http.mount import Environ, seen_below
from backoffice.console.http.requests import is_refused
from backoffice.extensions import db

health = Blueprint("health", __name__)


@health.get(HEALTH[0])
def healthz() -> ResponseReturnValue:
    """200 where the database answers, 503 where it does not."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok")


def is_health_check(app: Flask, environ: Environ) -> bool:
    """Whether a request asks for this, which is answered also while all threads are at work."""
    if environ["REQUEST_METHOD"] not in SAFE or not environ["PATH_INFO"].endswith(HEALTH):
        return False
    return seen_below(environ, app.config)["PATH_INFO"] in HEALTH and not is_refused(app, environ)
