"""A form that was sent with the token of another session: nothing is saved, and nothing typed is lost."""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from backoffice.console.http import http_error
from backoffice.console.records.unsaved import form_again
from backoffice.console.records.view import RecordView
from backoffice.registry import registry


def init_app(app: Flask) -> None:
    """Answer a refused token with the form, where it is that of a record."""
    app.register_error_handler(CSRFError, _refused_token)


def _refused_token(error: CSRFError) -> ResponseReturnValue:
    endpoint, _, function = (request.endpoint or "").partition(".")
    view = next((view for view in registry().views if view.endpoint == endpoint), None)
    try:
        answer = form_again(view, function) if isinstance(view, RecordView) else None
    except HTTPException as other:  # Flask has no page for what fails in here
        return http_error(other)
    return http_error(error) if answer is None else answer
