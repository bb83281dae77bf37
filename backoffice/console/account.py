"""One's own account: who one is here, one's password, and how one reads the console."""

from typing import ClassVar

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import PasswordField
from wtforms.validators import InputRequired

from backoffice.accounts.account import find_account
from backoffice.accounts.passwords import change_own_password
from backoffice.accounts.preferences import save_preferences
from backoffice.accounts.sign_ins import Duty
from backoffice.console import reader
from backoffice.console.base import ConsoleView, home_url, person
from backoffice.console.new_password import new_password, same_again
from backoffice.console.preferences import PreferencesForm
from backoffice.console.translated_form import REQUIRED, TranslatedForm
from backoffice.exceptions import Invalid


class PasswordForm(TranslatedForm):
    current_password = PasswordField(
        lazy_gettext("Current password"),
        [InputRequired(REQUIRED)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = new_password()
    new_password_again = same_again("new_password")


class AccountView(ConsoleView):
    """The page behind one's name, open to every role."""

    icon = "person-circle"
    acts: ClassVar[dict[str, str]] = {"index": "view", "preferences_view": "view"}
    open_before: ClassVar = {Duty.PASSWORD: ("index",)}

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        form = PasswordForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate() and _change_password(form):
            flash(_("Your password was changed. Your other sessions ended."), "success")
            return redirect(home_url() if person().duty else url_for(".index"), 303)
        return self._page(form, PreferencesForm(obj=person()))

    @expose("/preferences/", methods=("POST",))
    def preferences_view(self) -> ResponseReturnValue:
        form = PreferencesForm(request.form)
        if not form.validate():
            return self._page(PasswordForm(), form)
        language = form.language.data or None
        save_preferences(person().id, time_zone=form.time_zone.data or None, language=language)
        with force_locale(language or reader.language_of_browser()):
            flash(_("Your time zone and language were saved."), "success")
        return redirect(url_for(".index"), 303)

    def _page(self, form: PasswordForm, preferences: PreferencesForm) -> ResponseReturnValue:
        made_up = person().duty is Duty.PASSWORD
        page = self.render(
            "account/page.html",
            title=_("Your account"),
            form=form,
            preferences=preferences,
            account=find_account(person().user_id),
            made_up=made_up,
            cancel_url=None if made_up else home_url(),
        )
        return page, 422 if form.errors or preferences.errors else 200


def _change_password(form: PasswordForm) -> bool:
    try:
        change_own_password(person(), form.current_password.data, form.new_password.data)
    except Invalid as error:
        field = form[error.field or "new_password"]
        field.errors = [*field.errors, str(error)]
        return False
    return True
