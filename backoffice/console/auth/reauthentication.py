"""Re-authentication, before what a stolen session must not be enough for.

What was being done travels with the page that asks, and goes on at once after the right answer: nothing is
stored.
"""

from collections.abc import Iterator

from flask import Flask, abort, current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.datastructures import ImmutableMultiDict

from backoffice.accounts.mfa import Credentials, is_recently_authenticated, reauthenticate
from backoffice.accounts.sessions import end_session, has_second_factor
from backoffice.console.auth.login import redirect_to_login
from backoffice.console.auth.webauthn_forms import passkey_response, reauthentication_request, relying_party
from backoffice.console.http import (
    OF_EVERY_FORM,
    SECRET,
    here,
    inside,
    page_of_form,
    person,
    sender,
    wants_json,
)
from backoffice.exceptions import BackofficeError, Invalid, Throttled
from backoffice.extensions import db
from backoffice.history import acting_as
from backoffice.security import record_event

# The fields of the page that asks; no page of a view sees them.
PASSWORD, CODE = "proof_password", "proof_code"
OWN = frozenset({PASSWORD, CODE, "answer", "challenge", "csrf_token"})


class ReauthenticationRequired(BackofficeError):
    """Something that is not done before whoever is signed in has authenticated again."""


def init_app(app: Flask) -> None:
    """Answer what requires re-authentication with the page that asks for it."""
    app.register_error_handler(ReauthenticationRequired, _ask)


def require_reauthentication() -> None:
    """Raise ReauthenticationRequired unless whoever is signed in has authenticated lately.

    It may be called within a transaction, which is rolled back then, and done again after the answer.
    """
    if not is_recently_authenticated(person()):
        raise ReauthenticationRequired


def handle_reauthentication() -> None:
    """Verify the credentials that this request brings, if it does, and take them out of the form.

    Raises ReauthenticationRequired, with the reason, where they are wrong. Where that was too often, the
    session ends.
    """
    if PASSWORD not in request.form:
        return
    credentials = Credentials(request.form[PASSWORD], request.form.get(CODE, ""), passkey_response())
    request.form = ImmutableMultiDict(_kept())
    try:
        renewed = reauthenticate(person(), credentials, relying_party())
    except Invalid as wrong:
        raise ReauthenticationRequired(str(wrong)) from wrong
    except Throttled as too_often:
        record_event("proof:throttled", administrator_id=person().id, name=person().username)
        _end(str(too_often))
    if renewed is None:
        abort(current_app.make_response(redirect_to_login()))
    login_user(renewed)


def _end(reason: str) -> None:
    end_session(person().session_id)
    logout_user()
    session.clear()
    abort(current_app.make_response(redirect_to_login(_("You were signed out. %(reason)s", reason=reason))))


def _ask(required: ReauthenticationRequired) -> ResponseReturnValue:
    """The page that asks; what was sent travels along, unless it is secret or can be asked for again."""
    db.session.rollback()
    if not str(required):
        with acting_as(sender()):
            record_event(
                "proof:asked", administrator_id=person().id, name=person().username, path=request.path
            )
    if wants_json():
        return jsonify(error={"status": 403, "message": _("Please show again who you are.")}), 403
    if request.method != "POST" or SECRET & request.form.keys():
        return redirect(url_for("proof.index", next=page_of_form()), 303)
    return render_reauthentication(str(required)), 403


def render_reauthentication(error: str | None = None) -> str:
    """The page that asks, whose form goes to the address of this request."""
    return render_template(
        "auth/reauthentication.html",
        title=_("Is this you?"),
        error=error,
        reauthentication_url=here(),
        kept=[pair for pair in _kept() if pair[0] not in OF_EVERY_FORM],
        username=person().username,
        has_second_factor=has_second_factor(person().id),
        passkey=reauthentication_request(person().id),
        cancel_url=inside(request.values.get("url")) or url_for("admin.index"),
    )


def _kept() -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in request.form.items(multi=True) if name not in OWN)
