"""The MFA challenge at login: a code or a passkey after the password, or a passkey instead of it."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import StringField

from backoffice.accounts import find_account
from backoffice.accounts.mfa import (
    PASSKEY,
    RECOVERY,
    WRONG_CODE,
    WRONG_IN_ONE_LOGIN,
    WRONG_PASSKEY,
    WRONG_PASSKEYS,
    PasskeyResponse,
    recovery_codes,
    totp,
    verify_code,
    verify_passkey,
    webauthn,
)
from backoffice.accounts.rate_limits import count, is_exhausted, refund
from backoffice.console.auth.login import destination, log_in
from backoffice.console.auth.pending_login import PendingLogin, clear_pending_login, load_pending_login
from backoffice.console.auth.webauthn_forms import (
    passkey_advice,
    passkey_response,
    relying_party,
    second_factor_request,
)
from backoffice.console.http import here, inside, visitor, wants_json
from backoffice.console.presenters import TranslatedForm
from backoffice.exceptions import Throttled
from backoffice.extensions import db
from backoffice.history import acting_as
from backoffice.models import Administrator
from backoffice.security import network_of, record_event

mfa_challenge = Blueprint("mfa_challenge", __name__)

WRONG_RECOVERY_CODE = lazy_gettext("This is none of your recovery codes, or it was used before.")
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


@mfa_challenge.get("/login/second-factor")
def ask() -> ResponseReturnValue:
    pending = load_pending_login()
    return _page(pending, CodeForm()) if pending else _begin_again(TOO_LONG)


@mfa_challenge.post("/login/second-factor")
def finish() -> ResponseReturnValue:
    """Sign in, where the code or the passkey is right; else the page again, and 401."""
    pending = load_pending_login()
    if pending is None:
        return _begin_again(TOO_LONG)
    with acting_as(visitor(pending.grant.username)):
        try:
            method = _verified_method(pending)
        except Throttled as error:
            record_event("second-factor:throttled", administrator_id=pending.grant.id)
            return _again(pending, str(error), 429, error.retry_after)
        if method is None:
            return _refuse(pending)
    if not pending.consume() or not log_in(pending.account, remember=pending.remember, method=method):
        return _begin_again(TOO_LONG)
    if method == RECOVERY:
        _tell_of_use(pending.grant.id)
    return redirect(destination(), 303)


def _verified_method(pending: PendingLogin) -> str | None:
    attempt, response = (WRONG_IN_ONE_LOGIN, pending.number), passkey_response()
    if response is not None:
        return verify_passkey(pending.grant.id, response, relying_party(), attempt)
    return verify_code(pending.grant.id, request.form.get("code", ""), attempt)


def _refuse(pending: PendingLogin) -> ResponseReturnValue:
    response = passkey_response()
    record_event(
        "second-factor:refused",
        administrator_id=pending.grant.id,
        factor="passkey" if response else "code",
    )
    if is_exhausted(WRONG_IN_ONE_LOGIN, pending.number):
        pending.consume()
        return _begin_again(TOO_MANY)
    if response:
        return _again(pending, WRONG_PASSKEY, 401)
    is_long = len(request.form.get("code", "").strip()) > totp.DIGITS + 2
    return _again(pending, WRONG_RECOVERY_CODE if is_long else WRONG_CODE, 401)


def _again(pending: PendingLogin, error: str, status: int, retry_after: int = 0) -> ResponseReturnValue:
    if wants_json():
        abort(status)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return _page(pending, CodeForm(), str(error)), status, headers


def _begin_again(reason: str) -> ResponseReturnValue:
    clear_pending_login()
    if wants_json():
        abort(401)
    flash(str(reason), "error")
    page = url_for("sign_in.login", next=inside(request.args.get("next")))
    return redirect(page, 303 if request.method == "POST" else 302)


def _page(pending: PendingLogin, form: CodeForm, error: str | None = None) -> str:
    has_app = totp.authenticator_of(pending.grant.id) is not None
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
        username=pending.grant.username,
        own_url=here(),
        passkey=second_factor_request(pending.grant.id),
        advice=passkey_advice() if webauthn.count_passkeys(pending.grant.id) else None,
    )


def _tell_of_use(administrator_id: int) -> None:
    left = recovery_codes.count_left(administrator_id)
    flash(
        ngettext(
            "You used a recovery code. %(num)d is left. You can make new ones under Your account.",
            "You used a recovery code. %(num)d are left. You can make new ones under Your account.",
            left,
        ),
        "warning",
    )


@mfa_challenge.post("/login/passkey")
def enter_with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone, which says whose it is, and has verified that it is them."""
    response = passkey_response()
    attempt = (WRONG_PASSKEYS, network_of(request.remote_addr or ""))
    with acting_as(visitor("")):
        try:
            count(attempt)
        except Throttled as refusal:
            record_event("passkey:throttled", persist=refusal.is_first)
            raise
        administrator_id = _owner_of(response) if response else None
        if administrator_id is None or not _log_in_with_passkey(administrator_id):
            record_event("passkey:refused", administrator_id=administrator_id)
            return _begin_again(WRONG_PASSKEY)
        refund(attempt)
    return redirect(destination(), 303)


def _owner_of(response: PasskeyResponse) -> int | None:
    return webauthn.verify_authentication(response, relying_party(), None, passwordless=True)


def _log_in_with_passkey(administrator_id: int) -> bool:
    grant = db.session.get(Administrator, administrator_id)
    if grant is None or not grant.is_active:
        return False
    remember = bool(request.form.get("remember") and current_app.config["SESSION_REMEMBERED"])
    return log_in(find_account(grant.user_id), remember=remember, method=PASSKEY)
