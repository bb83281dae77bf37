"""Asking again who somebody is, before what a stolen session must not be enough for.

What was being done travels with the question, and goes on at once after the right answer: nothing is stored.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, abort, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.datastructures import ImmutableMultiDict

from backoffice.accounts.mfa import Proof, is_proof_fresh, prove
from backoffice.accounts.sessions import end_sign_in, has_second_factor
from backoffice.console.auth.login import ask_to_sign_in
from backoffice.console.auth.webauthn_forms import answer, ask_again, site
from backoffice.console.http import here, inside, person, sender, wants_json
from backoffice.exceptions import BackofficeError, Invalid, Throttled
from backoffice.extensions import db
from backoffice.history import acting_as
from backoffice.security import note

# The fields of the question; no page of a view sees them.
PASSWORD, CODE = "proof_password", "proof_code"
OWN = frozenset({PASSWORD, CODE, "answer", "challenge", "csrf_token"})
# What no page repeats. A form with one of these asks when it is opened.
SECRET = frozenset(
    {
        "password",
        "again",
        "current_password",
        "new_password",
        "new_password_again",
        "code",
        "secret",
        "answer",
    }
)
# When a view asks: `needs_proof` names one of these for each of its functions that do.
SENDING = frozenset({"POST"})
OPENING = SENDING | {"GET", "HEAD"}


class ProofNeeded(BackofficeError):
    """Something that is not done before whoever is signed in has shown again who they are."""


def init_app(app: Flask) -> None:
    """Answer whatever needs a proof with the question for it."""
    app.register_error_handler(ProofNeeded, _ask)


def require_proof() -> None:
    """Raise ProofNeeded unless whoever is signed in has shown lately who they are.

    It may be called within a transaction, which is rolled back then, and done again after the answer.
    """
    if not is_proof_fresh(person()):
        raise ProofNeeded


def take_proof() -> None:
    """Take the answer that this request brings, if it does, and take it out of the form.

    Raises ProofNeeded, with the reason, where it is wrong. Where it was wrong too often, the session ends.
    """
    if PASSWORD not in request.form:
        return
    proof = Proof(request.form[PASSWORD], request.form.get(CODE, ""), answer())
    request.form = ImmutableMultiDict(_kept())
    try:
        proved = prove(person(), proof, site())
    except Invalid as wrong:
        raise ProofNeeded(str(wrong)) from wrong
    except Throttled as too_often:
        note("proof:throttled", administrator_id=person().id, name=person().username)
        _end(str(too_often))
    if proved is None:
        abort(ask_to_sign_in())
    login_user(proved)


def _end(reason: str) -> None:
    end_sign_in(person().sign_in_id)
    logout_user()
    session.clear()
    abort(ask_to_sign_in(_("You were signed out. %(reason)s", reason=reason)))


def _ask(needed: ProofNeeded) -> ResponseReturnValue:
    """The question; what was sent travels along, unless it is secret or can be asked for again."""
    db.session.rollback()
    if not str(needed):
        with acting_as(sender()):
            note("proof:asked", administrator_id=person().id, name=person().username, path=request.path)
    if wants_json():
        return jsonify(error={"status": 403, "message": _("Please show again who you are.")}), 403
    if request.method != "POST" or SECRET & request.form.keys():
        return redirect(url_for("proof.index", next=_page()), 303)
    return question(str(needed)), 403


def _page() -> str | None:
    """The page that was asked for, or that holds the form which was sent."""
    methods = request.url_rule.methods if request.url_rule else None
    if methods and "GET" in methods:
        return inside(here())
    return inside(urlsplit(request.referrer or "").path)


def question(error: str | None = None) -> str:
    """The page that asks, whose form goes to the address of this request."""
    return render_template(
        "auth/reauthentication.html",
        title=_("Is this you?"),
        error=error,
        proof_url=here(),
        kept=list(_kept()),
        username=person().username,
        has_second_factor=has_second_factor(person().id),
        passkey=ask_again(person().id),
        cancel_url=inside(request.values.get("url")) or url_for("admin.index"),
    )


def _kept() -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in request.form.items(multi=True) if name not in OWN)
