"""Signing in and out, and what happens to those who are not signed in."""

import logging

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from backoffice.accounts import Account, authenticate, find_account
from backoffice.accounts.passwords import renew_hash
from backoffice.accounts.sessions import end_session, find_signed_in, has_second_factor, start_session
from backoffice.console.auth.login_notices import device_token, welcome
from backoffice.console.auth.pending_login import store_pending_login
from backoffice.console.auth.webauthn_forms import passkey_advice, passwordless_request
from backoffice.console.http import (
    ask_for_nobody,
    here,
    inside,
    known_person,
    person,
    record_request_event,
    retry_after,
    status_of,
    visitor,
    wants_json,
)
from backoffice.console.presenters import REQUIRED, TranslatedForm
from backoffice.database import busy_in_words
from backoffice.exceptions import BackofficeError, Busy, Throttled
from backoffice.extensions import login_manager
from backoffice.history import acting_as

log = logging.getLogger(__name__)

sign_in = Blueprint("sign_in", __name__)

login_manager.user_loader(find_signed_in)
# It would tie a session to an address, which changes on the way and which X-Forwarded-For can claim to be.
# A session of ours is a row that can be ended.
login_manager.session_protection = None


class LoginForm(TranslatedForm):
    username = StringField(
        lazy_gettext("Username or email"),
        [InputRequired(REQUIRED)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(REQUIRED)], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(lazy_gettext("Keep me signed in"))

    def __init__(self, formdata: MultiDict[str, str] | None = None) -> None:
        super().__init__(formdata)
        if not current_app.config["SESSION_REMEMBERED"]:
            del self.remember

    @property
    def stays(self) -> bool:
        """Whether this session is to outlive the browser."""
        return bool(self.remember and self.remember.data)


@login_manager.unauthorized_handler
def redirect_to_login(reason: str | None = None) -> ResponseReturnValue:
    """The answer where nobody is signed in: the way to the login page, or 401 where JSON was asked for."""
    if session.pop("_user_id", None):
        reason = reason or _("Your session has ended. Please sign in again.")
    if wants_json():
        abort(401)
    if reason:
        flash(reason, "info")
    return redirect(url_for("sign_in.login", next=_wanted()))


def _wanted() -> str | None:
    """Where this request was going, or the page that what it sent belongs to."""
    return inside(here())


@sign_in.get("/login")
def login() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(destination())
    return _page(LoginForm())


@sign_in.post("/login")
def enter() -> ResponseReturnValue:
    """Sign in. Whatever is wrong, the answer is the same page with the same sentence, and 401.

    So that scripts and logs can tell; browsers show the page. Who tries too often gets 429, and 503 who comes
    when many others do, with the time to wait.
    """
    try:
        with busy_in_words():
            form = LoginForm(request.form)
            if form.validate() and (answer := _enter(form)):
                return answer
    except (Throttled, Busy) as refusal:
        return _later(refusal)
    if wants_json():
        abort(401)
    return _page(form, _("The name or the password is wrong, or you have no access here.")), 401


def _later(refusal: Throttled | Busy) -> ResponseReturnValue:
    if wants_json():
        raise refusal
    ask_for_nobody()
    return _page(LoginForm(request.form), str(refusal)), status_of(refusal), retry_after(refusal)


def _enter(form: LoginForm) -> ResponseReturnValue | None:
    """Where to go on: to the MFA challenge, or inside; None where the name or the password is wrong."""
    password = form.password.data or ""
    with acting_as(visitor()):
        account = authenticate(form.username.data or "", password, device_token())
    if account is None or account.grant is None:
        return None
    user_id, checked = account.user.id, account.console_hash
    if has_second_factor(account.grant.id):
        _renew(account, password, checked)
        _leave()
        store_pending_login(find_account(user_id), remember=form.stays)
        return redirect(url_for("mfa_challenge.ask", next=inside(request.args.get("next"))), 303)
    if not log_in(account, remember=form.stays, method="password"):
        return None
    _renew(account, password, checked)
    return redirect(destination(), 303)


def log_in(account: Account, *, remember: bool, method: str) -> bool:
    """Sign in somebody who has shown who they are; False where their access is another by now."""
    signed_in = start_session(
        account,
        remember=remember,
        address=request.remote_addr,
        user_agent=request.user_agent.string,
        method=method,
    )
    if signed_in is None:
        return False
    _leave()
    session.permanent = remember
    login_user(signed_in)
    welcome(signed_in, method)
    return True


def _renew(account: Account, password: str, checked: str | None) -> None:
    """Renew a hash of an older cost; where that does not work now, the next login will."""
    user_id, name = account.user.id, account.user.username
    try:
        with acting_as(known_person(name, user_id)):
            renew_hash(user_id, password, checked)
    except (BackofficeError, SQLAlchemyError) as error:
        log.warning("could not renew the hash of user %d: %s", user_id, type(error).__name__)


@sign_in.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out: the row ends, and with it every copy of the cookie."""
    if current_user.is_authenticated:
        record_request_event("sign-in:ended")
    _leave()
    flash(_("You are signed out."), "success")
    return redirect(url_for("sign_in.login"), 303)


def _leave() -> None:
    """End the session that this browser has, if any, and clear its cookie."""
    if current_user.is_authenticated:
        end_session(person().session_id)
        logout_user()
    session.clear()


def destination() -> str:
    """Where somebody goes on who has signed in."""
    return inside(request.args.get("next")) or url_for("admin.index")


def _page(form: LoginForm, refused: str | None = None) -> str:
    return render_template(
        "auth/login.html",
        title=_("Sign in"),
        form=form,
        refused=refused,
        passkey=passwordless_request(),
        advice=passkey_advice(),
    )
