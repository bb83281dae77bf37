"""Choosing a password with a link that one was handed: the same page for everybody."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import InputRequired

from backoffice.accounts.passwords import choose_password
from backoffice.console.auth.password_fields import new_password, same_again
from backoffice.console.http import visitor
from backoffice.console.presenters import REQUIRED, TranslatedForm
from backoffice.exceptions import Invalid
from backoffice.history import acting_as

password = Blueprint("password", __name__)


class PasswordForm(TranslatedForm):
    """A script takes the code from the address, and hides its field unless something is wrong with it."""

    code = StringField(
        lazy_gettext("Code"),
        [InputRequired(REQUIRED)],
        description=lazy_gettext("What stands after the # in the link. You can also paste the whole link."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = new_password()
    again = same_again("password")


@password.route("/password", methods=("GET", "POST"))
def choose() -> ResponseReturnValue:
    """The form, and what becomes of it; nobody is signed in by it."""
    return _take(PasswordForm(request.form)) if request.method == "POST" else _page(PasswordForm())


def _take(form: PasswordForm) -> ResponseReturnValue:
    try:
        with acting_as(visitor()):
            code, new = form.code.data or "", form.password.data or ""
            is_administrator = form.validate() and choose_password(code, new)
    except Invalid as error:
        form[error.field or "code"].errors = [str(error)]
    if form.errors:
        return _page(form), 422
    if not is_administrator:
        return redirect(url_for("password.done"), 303)
    flash(_("Your new password is set. Please sign in with it."), "success")
    return redirect(url_for("sign_in.login"), 303)


@password.get("/password/done")
def done() -> str:
    return render_template("auth/password_chosen.html", title=_("Your new password is set"))


def _page(form: PasswordForm) -> str:
    return render_template("auth/choose_password.html", title=_("Choose a password"), form=form)
