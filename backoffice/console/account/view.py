"""One's own account: who one is here, one's password, and how one reads the console."""

from babel import Locale
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from flask_login import login_user
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, SelectField
from wtforms.validators import InputRequired

from backoffice.accounts import find_account, save_preferences
from backoffice.accounts.passwords import change_own_password
from backoffice.accounts.sessions import RequiredAction, renew_token
from backoffice.console.auth import new_password, same_again
from backoffice.console.base import ConsoleView, home_url
from backoffice.console.http import person
from backoffice.console.page import expose
from backoffice.console.presenters import REQUIRED, SelectChoice, TranslatedForm, locale
from backoffice.exceptions import Invalid
from backoffice.zones import UNIVERSAL, zones_by_area


class PasswordForm(TranslatedForm):
    current_password = PasswordField(
        lazy_gettext("Current password"),
        [InputRequired(REQUIRED)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = new_password()
    new_password_again = same_again("new_password")


class PreferencesForm(TranslatedForm):
    """How somebody reads the console. Nothing chosen is the browser's word."""

    time_zone = SelectField(
        lazy_gettext("Time zone"),
        description=lazy_gettext("Times are shown and entered in it, and days begin and end in it."),
        coerce=lambda chosen: chosen or "",
    )
    language = SelectField(
        lazy_gettext("Language"),
        description=lazy_gettext("Of this console; dates and numbers are written as is usual in it."),
        coerce=lambda chosen: chosen or "",
    )

    def __init__(self, formdata: MultiDict[str, str] | None = None, obj: object = None) -> None:
        super().__init__(formdata, obj)
        self.time_zone.choices = zone_choices()
        self.language.choices = language_choices()


class AccountView(ConsoleView):
    """The page behind one's name, open to every role."""

    icon = "person-circle"

    @expose("/", ("GET", "POST"), permission="view", open_before=(RequiredAction.PASSWORD,))
    def index(self) -> ResponseReturnValue:
        form = PasswordForm(request.form if request.method == "POST" else None)
        was_required = person().required_action
        if request.method == "POST" and form.validate() and _change_password(form):
            flash(_("Your password was changed. Your other sessions ended."), "success")
            return redirect(home_url() if was_required else url_for(".index"), 303)
        return self._page(form, PreferencesForm(obj=person()))

    @expose("/preferences/", ("POST",), permission="view")
    def preferences_view(self) -> ResponseReturnValue:
        form = PreferencesForm(request.form)
        if not form.validate():
            return self._page(PasswordForm(), form)
        language = form.language.data or None
        save_preferences(person().id, time_zone=form.time_zone.data or None, language=language)
        with force_locale(language or locale.language_of_browser()):
            flash(_("Your time zone and language were saved."), "success")
        return redirect(url_for(".index"), 303)

    def _page(self, form: PasswordForm, preferences: PreferencesForm) -> ResponseReturnValue:
        temporary = person().required_action is RequiredAction.PASSWORD
        page = self.render(
            "account/page.html",
            title=_("Your account"),
            form=form,
            preferences=preferences,
            account=find_account(person().user_id),
            temporary=temporary,
            cancel_url=None if temporary else home_url(),
        )
        return page, 422 if form.errors or preferences.errors else 200


def _change_password(form: PasswordForm) -> bool:
    try:
        change_own_password(person(), form.current_password.data or "", form.new_password.data or "")
    except Invalid as error:
        field = form[error.field or "new_password"]
        field.errors = [*field.errors, str(error)]
        return False
    # They have shown who they are: a copy of the cookie from before is worth nothing from here on.
    login_user(renew_token(person().session_id))
    return True


def zone_choices() -> list[SelectChoice]:
    """The browser's own zone, UTC, and the zones of the world by its parts."""
    browser = locale.zone_of_browser()
    follow = (
        _("As this browser says (%(zone)s)", zone=browser) if browser else _("As this browser says, or UTC")
    )
    places = [
        SelectChoice(name, name.partition("/")[2].replace("_", " "), optgroup=area)
        for area, names in zones_by_area().items()
        for name in names
    ]
    return [SelectChoice("", follow), SelectChoice(UNIVERSAL), *places]


def language_choices() -> list[SelectChoice]:
    """The browser's own language, and all that there are, each in its own words."""
    return [
        SelectChoice("", _("As this browser says")),
        *(SelectChoice(name, _own_name(name)) for name in locale.LANGUAGES),
    ]


def _own_name(language: str) -> str:
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]
