"""The one place that turns what went wrong into a page, or into JSON where that was asked for."""

import logging
from collections.abc import Sequence

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.exceptions import HTTPException, InternalServerError

from backoffice.console.http.current_actor import record_request_event
from backoffice.console.http.guards import METHODS, Refused
from backoffice.console.http.kept_form import page_of_form, sent_again, typed
from backoffice.database import busy_message
from backoffice.database_errors import Blame, Fault, fault_message, fault_of
from backoffice.exceptions import BackofficeError, Busy, Conflict, Forbidden, Invalid, NotFound, Throttled
from backoffice.extensions import db

log = logging.getLogger(__name__)

STATUS: dict[type[BackofficeError], int] = {
    Invalid: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Throttled: 429,
    Busy: 503,
}


def init_app(app: Flask) -> None:
    """Answer every error with a page of ours, those too that come while another one is answered."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.register_error_handler(Refused, _refused_request)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(BackofficeError, _refusal)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(NoConnectionLeft, _database_error)
    app.register_error_handler(Exception, _failure)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than for a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The page, or the JSON, that says what went wrong."""
    if error.response is not None:
        return error.response
    failed = getattr(error, "original_exception", None)
    if isinstance(failed, (DBAPIError, NoConnectionLeft)) and fault_of(failed).is_for_later:
        return _not_now(failed, fault_of(failed))  # while another error was answered
    status = error.code or 500
    message = _expired_form() if isinstance(error, CSRFError) else _explanations().get(status, "")
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    _note(error, status)
    return _answer(status, message, dict(headers))


def _refused_request(error: Refused) -> ResponseReturnValue:
    """The one place that hears of every request which no page was to see."""
    ask_for_nobody()
    record_request_event("request:refused", reason=error.reason)
    status = error.code or 400
    headers = {"Allow": ", ".join(METHODS)} if status == 405 else {}
    sent = typed() if error.reason == "characters" else []
    return _answer(status, error.description or _explanations().get(status, ""), headers, sent)


def _refusal(error: BackofficeError) -> ResponseReturnValue:
    status = status_of(error)
    _note(error, status)
    return _answer(status, str(error), retry_after(error))


def status_of(error: BackofficeError) -> int:
    """The HTTP status that says this."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def retry_after(error: BackofficeError) -> dict[str, str]:
    """The header that says when to try again, where that is known."""
    match error:
        case Throttled():
            return {"Retry-After": str(error.retry_after)}
        case Busy():
            return {"Retry-After": "5"}
        case _:
            return {}


def _database_error(error: DBAPIError | NoConnectionLeft) -> ResponseReturnValue:
    """What the table of database errors says: for later, or wrong in itself, or a mistake of ours."""
    fault = fault_of(error)
    if fault.is_for_later:
        return _not_now(error, fault)
    if fault.blame is Blame.ROWS:
        return _refusal(Conflict(_("The database refused this: it breaks one of the table's own rules.")))
    return _failure(error)


def _not_now(error: DBAPIError | NoConnectionLeft, fault: Fault) -> ResponseReturnValue:
    ask_for_nobody()
    log.warning("request %s: the database is %s%s", g.get("request_id"), fault.reason, _said(error))
    if request.method == "POST":
        return _refusal(Busy(busy_message(fault)))
    is_operators = fault.blame is Blame.OPERATORS
    ending = (
        _("Whoever runs the console has to mend this.")
        if is_operators
        else _("Please try again in a moment.")
    )
    return _refusal(Busy(f"{fault_message(fault.reason)} {ending}"))


def _said(error: DBAPIError | NoConnectionLeft) -> str:
    """What the driver says where it cannot connect; of a statement it might say what is in the rows."""
    if not isinstance(error, DBAPIError) or error.statement is not None:
        return ""
    return ": " + str(error.orig).strip().partition("\n")[0]


def _failure(error: Exception) -> ResponseReturnValue:
    ask_for_nobody()
    # The message of a database error holds SQL, so the log gets the kind and the place, not the message.
    log.error("request %s failed: %s", g.get("request_id"), type(error).__name__, exc_info=error)
    return http_error(InternalServerError())


def _note(error: Exception, status: int) -> None:
    """Note what only somebody comes to who tries what they may not, or what there is not."""
    db.session.rollback()
    if isinstance(error, CSRFError):
        record_request_event("form:refused")
    elif isinstance(error, InternalServerError):
        # In the log only: it may be the database that failed.
        record_request_event("request:failed", persist=False)
    elif status == 403:
        record_request_event("access:refused")
    elif status == 404 and request.url_rule is not None and request.path.startswith("/admin/"):
        record_request_event("probe:id")


def ask_for_nobody() -> None:
    """Leave it at that where it is not known yet who is signed in: asking may be what failed."""
    g.setdefault("_login_user", None)


def _answer(
    status: int, message: str, headers: dict[str, str], typed_before: Sequence[tuple[str, str]] = ()
) -> ResponseReturnValue:
    db.session.rollback()
    if wants_json():
        return jsonify(error={"status": status, "message": message}), status, headers
    facts = {
        "code": status,
        "title": _titles().get(status, _("This did not work")),
        "message": message,
        "request_id": g.get("request_id"),
    }
    if status == 503:
        return _later_page(facts), status, headers
    return render_template("http/error.html", **facts, typed=typed_before), status, headers


def _later_page(facts: dict[str, object]) -> str:
    """The page of what can be done later, in the console's frame where it is known who asks."""
    return render_template(
        "http/later.html",
        **facts,
        framed=request.path.startswith("/admin/") and getattr(current_user, "is_authenticated", False),
        kept=sent_again(),
        back_url=page_of_form() if request.method == "POST" else None,
        typed=typed(),
    )


def _expired_form() -> str:
    return str(
        _("This form belongs to a session that has ended. Please go back, load the page again and resend.")
    )


def _titles() -> dict[int, str]:
    return {
        400: _("This request could not be read"),
        401: _("Please sign in"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        405: _("This page does not work that way"),
        409: _("This is not possible as things stand"),
        413: _("This is too much at once"),
        414: _("This address is too long"),
        415: _("This cannot be read here"),
        429: _("Too many attempts"),
        431: _("Your browser sends too much along"),
        500: _("Something went wrong"),
        503: _("Not possible right now"),
    }


def _explanations() -> dict[int, str]:
    return {
        400: _("Something in the address or the form is not as expected."),
        401: _("Your session has ended, or you have not signed in yet."),
        403: _("Your role does not allow this."),
        404: _("The page or the record is not there, or not any more."),
        405: _("It can be opened, or sent as a form, but not both. Please start from the list."),
        413: _(
            "What was sent is larger than the console takes. Go back in your browser: what you typed is "
            "still there. Then please send less at once."
        ),
        414: _("Please take some of the filters away, or open the page from the list again."),
        415: _("The console takes forms as a browser sends them, and nothing else."),
        431: _(
            "Most likely these are cookies. Please delete those of this site in your browser, and try again."
        ),
        500: _("The error has been logged under the number below. Nothing was changed."),
    }
