"""The second step of signing in: a code or a passkey after the password, or a passkey instead of it."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import StringField

from backoffice.accounts import find_account
from backoffice.accounts.mfa import (
    PASSKEY,
    RECOVERY,
    WRONG_IN_ONE_SIGN_IN,
    WRONG_PASSKEYS,
    check_code,
    check_passkey,
    recovery_codes,
    totp,
    webauthn,
)
from backoffice.accounts.rate_limits import count, give_back, is_used_up
from backoffice.console.auth.login import destination, let_in
from backoffice.console.auth.pending_login import PendingSignIn, forget_pending, pending_sign_in
from backoffice.console.auth.webauthn_forms import advice, answer, ask_beside_password, site
from backoffice.console.http import here, inside, wants_json
from backoffice.console.presenters import TranslatedForm
from backoffice.exceptions import Throttled
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator
from backoffice.security import network_of, note

second_step = Blueprint("second_step", __name__)

WRONG_CODE = lazy_gettext("This code is wrong, or was used before. Please try the next one that is shown.")
WRONG_RECOVERY_CODE = lazy_gettext("This is none of your recovery codes, or it was used before.")
WRONG_PASSKEY = lazy_gettext("This passkey was not accepted. Please try again.")
TOO_MANY = lazy_gettext("That was wrong five times. Please begin again with your password.")
TOO_LONG = lazy_gettext("This took too long, or was ended. Please begin again with your password.")


class CodeForm(TranslatedForm):
    code = StringField(
        lazy_gettext("Code"),
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "autofocus": True,
        },
    )


@second_step.get("/login/second-factor")
def ask() -> ResponseReturnValue:
    waiting = pending_sign_in()
    return _page(waiting, CodeForm()) if waiting else _begin_again(TOO_LONG)


@second_step.post("/login/second-factor")
def finish() -> ResponseReturnValue:
    """Sign in, where the code or the passkey is right; else the page again, and 401."""
    waiting = pending_sign_in()
    if waiting is None:
        return _begin_again(TOO_LONG)
    with acting_as(_visitor(waiting.grant.username)):
        try:
            method = _method(waiting)
        except Throttled as error:
            note("second-factor:throttled", administrator_id=waiting.grant.id)
            return _again(waiting, str(error), 429, error.retry_after)
        if method is None:
            return _refuse(waiting)
    if not waiting.use_up() or not let_in(waiting.account, remember=waiting.remember, method=method):
        return _begin_again(TOO_LONG)
    if method == RECOVERY:
        _tell_of_use(waiting.grant.id)
    return redirect(destination(), 303)


def _visitor(name: str) -> Actor:
    return Actor("visitor", name, None, request.remote_addr, g.get("request_id"))


def _method(waiting: PendingSignIn) -> str | None:
    attempt, given = (WRONG_IN_ONE_SIGN_IN, waiting.number), answer()
    if given is not None:
        return check_passkey(waiting.grant.id, given, site(), attempt)
    return check_code(waiting.grant.id, request.form.get("code", ""), attempt)


def _refuse(waiting: PendingSignIn) -> ResponseReturnValue:
    given = answer()
    note(
        "second-factor:refused",
        administrator_id=waiting.grant.id,
        factor="passkey" if given else "code",
    )
    if is_used_up(WRONG_IN_ONE_SIGN_IN, waiting.number):
        waiting.use_up()
        return _begin_again(TOO_MANY)
    if given:
        return _again(waiting, WRONG_PASSKEY, 401)
    is_long = len(request.form.get("code", "").strip()) > totp.DIGITS + 2
    return _again(waiting, WRONG_RECOVERY_CODE if is_long else WRONG_CODE, 401)


def _again(waiting: PendingSignIn, error: str, status: int, retry_after: int = 0) -> ResponseReturnValue:
    if wants_json():
        abort(status)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return _page(waiting, CodeForm(), str(error)), status, headers


def _begin_again(reason: str) -> ResponseReturnValue:
    forget_pending()
    if wants_json():
        abort(401)
    flash(str(reason), "error")
    page = url_for("sign_in.login", next=inside(request.args.get("next")))
    return redirect(page, 303 if request.method == "POST" else 302)


def _page(waiting: PendingSignIn, form: CodeForm, error: str | None = None) -> str:
    has_app = totp.authenticator_of(waiting.grant.id) is not None
    form.code.description = (
        _("The six digits that your authenticator app shows, or one of your recovery codes.")
        if has_app
        else _("One of your recovery codes, if you do not have your passkey at hand.")
    )
    return render_template(
        "auth/mfa.html",
        title=_("One more step"),
        form=form,
        error=error,
        username=waiting.grant.username,
        own_url=here(),
        passkey=ask_beside_password(waiting.grant.id),
        advice=advice() if webauthn.how_many(waiting.grant.id) else None,
    )


def _tell_of_use(administrator_id: int) -> None:
    left = recovery_codes.left(administrator_id)
    flash(
        ngettext(
            "You used a recovery code. %(num)d is left. You can make new ones under Your account.",
            "You used a recovery code. %(num)d are left. You can make new ones under Your account.",
            left,
        ),
        "warning",
    )


@second_step.post("/login/passkey")
def enter_with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone, which says whose it is, and has made sure that it is them."""
    given = answer()
    attempt = (WRONG_PASSKEYS, network_of(request.remote_addr or ""))
    with acting_as(_visitor("")):
        try:
            count(attempt)
        except Throttled as refusal:
            note("passkey:throttled", keep=refusal.is_first)
            raise
        administrator_id = webauthn.take(given, site(), None, alone=True) if given else None
        if administrator_id is None or not _let_in_with_passkey(administrator_id):
            note("passkey:refused", administrator_id=administrator_id)
            return _begin_again(WRONG_PASSKEY)
        give_back(attempt)
    return redirect(destination(), 303)


def _let_in_with_passkey(administrator_id: int) -> bool:
    grant = db.session.get(Administrator, administrator_id)
    if grant is None or not grant.is_active:
        return False
    remember = bool(request.form.get("remember") and current_app.config["SESSION_REMEMBERED"])
    return let_in(find_account(grant.user_id), remember=remember, method=PASSKEY)
