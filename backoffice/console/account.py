"""One's own account: who one is here, and changing one's password."""

from typing import ClassVar

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Form, PasswordField
from wtforms.validators import EqualTo, InputRequired

from backoffice.accounts.account import find_account
from backoffice.accounts.passwords import change_own_password
from backoffice.console.base import ConsoleView, home_url, person
from backoffice.exceptions import Invalid

REQUIRED = lazy_gettext("Please fill this in.")
NEW_PASSWORD = {"autocomplete": "new-password"}


class PasswordForm(Form):
    current_password = PasswordField(
        lazy_gettext("Current password"),
        [InputRequired(REQUIRED)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        lazy_gettext("New password"), [InputRequired(REQUIRED)], render_kw=NEW_PASSWORD
    )
    new_password_again = PasswordField(
        lazy_gettext("New password, again"),
        [InputRequired(REQUIRED), EqualTo("new_password", lazy_gettext("This is not the same as above."))],
        render_kw=NEW_PASSWORD,
    )


class AccountView(ConsoleView):
    """The page behind one's name, open to every role."""

    icon = "person-circle"
    acts: ClassVar[dict[str, str]] = {"index": "view"}

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        form = PasswordForm(request.form if request.method == "POST" else None)
        form.new_password.description = _(
            "At least %(shortest)s characters. Your other sign-ins end.",
            shortest=current_app.config["MIN_PASSWORD_LENGTH"],
        )
        if request.method == "POST" and form.validate() and _change_password(form):
            flash(_("Your password was changed. Your other sign-ins have ended."), "success")
            return redirect(url_for(".index"), 303)
        account = find_account(person().user_id)
        page = self.render(
            "account/page.html", title=_("Your account"), form=form, account=account, cancel_url=home_url()
        )
        return page, 422 if form.errors else 200


def _change_password(form: PasswordForm) -> bool:
    try:
        change_own_password(person(), form.current_password.data, form.new_password.data)
    except Invalid as error:
        field = form[error.field or "new_password"]
        field.errors = [*field.errors, str(error)]
        return False
    return True
