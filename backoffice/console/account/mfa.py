"""One's own second factor: an authenticator app, passkeys and recovery codes, to set up and take away."""

import segno
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from backoffice.accounts.mfa import (
    Enrolment,
    add_passkey,
    make_recovery_codes,
    recovery_codes,
    remove_authenticator,
    remove_passkey,
    rename_passkey,
    set_up_authenticator,
    totp,
    webauthn,
)
from backoffice.accounts.sessions import RequiredAction, has_second_factor
from backoffice.console.auth import passkey_advice, passkey_response, registration_request, relying_party
from backoffice.console.base import ConsoleView, home_url
from backoffice.console.http import person
from backoffice.console.page import OPENING, SENDING, expose
from backoffice.console.presenters import REQUIRED, TranslatedForm, browser_label
from backoffice.exceptions import Invalid
from backoffice.models import Passkey, parse_id

# Open to those who have to set a second factor up before anything else.
FIRST = (RequiredAction.SECOND_FACTOR,)


class FirstCodeForm(TranslatedForm):
    enrolment = HiddenField()
    code = StringField(
        lazy_gettext("The code that the app shows now"),
        [InputRequired(REQUIRED)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class SecondFactorView(ConsoleView):
    """`/admin/second-factor/`, open to every role, and to those who have to set one up first."""

    icon = "shield-check"

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: one comes here from one's account."""
        return False

    @expose("/", permission="view", reauthentication=OPENING, open_before=FIRST)
    def index(self) -> ResponseReturnValue:
        own = webauthn.passkeys_of(person().id)
        return self.render(
            "account/mfa.html",
            title=_("Second factor"),
            breadcrumbs=_account(),
            is_required=person().required_action is not None,
            authenticator=totp.authenticator_of(person().id),
            passkeys=own,
            passkey=registration_request(person().id, person().username),
            passkey_name=browser_label(request.user_agent.string),
            advice=passkey_advice(),
            has_second_factor=has_second_factor(person().id),
            codes_left=recovery_codes.count_left(person().id),
            codes=recovery_codes.HOW_MANY,
        )

    @expose(
        "/authenticator/", ("GET", "POST"), permission="view", reauthentication=OPENING, open_before=FIRST
    )
    def authenticator_view(self) -> ResponseReturnValue:
        form = FirstCodeForm(request.form if request.method == "POST" else None)
        enrolment = totp.resume_enrolment(form.enrolment.data or "", person().id)
        if request.method == "POST" and form.validate():
            if enrolment is None:
                form.code.errors = [_("This took too long. Please scan the new code below.")]
            elif (codes := _set_up(enrolment, form)) is not None:
                return self._done(codes, _("Your authenticator app is set up. Your other sessions ended."))
        return self._authenticator_page(form, enrolment or totp.new_enrolment(person().id))

    def _authenticator_page(self, form: FirstCodeForm, enrolment: Enrolment) -> ResponseReturnValue:
        form.enrolment.data, form.code.data = enrolment.encrypted, ""
        address = enrolment.uri(person().username, relying_party().host)
        page = self.render(
            "account/authenticator.html",
            title=_("Set up an authenticator app"),
            breadcrumbs=[*_account(), {"label": _("Second factor"), "url": url_for(".index")}],
            form=form,
            address=address,
            picture=segno.make(address, micro=False).svg_data_uri(scale=5, border=4, light="#fff"),
            secret=enrolment.secret,
            cancel_url=url_for(".index"),
        )
        return page, 422 if form.errors else 200

    @expose("/authenticator/remove/", ("POST",), permission="view", reauthentication=SENDING)
    def remove_authenticator_view(self) -> ResponseReturnValue:
        remove_authenticator(person())
        return self._back(_("Your authenticator app was removed. Your other sessions ended."))

    @expose("/passkeys/", ("POST",), permission="view", reauthentication=SENDING, open_before=FIRST)
    def add_passkey_view(self) -> ResponseReturnValue:
        response = passkey_response()
        new = webauthn.verify_registration(person().id, response, relying_party()) if response else None
        if new is None:
            raise Invalid(_("The browser's answer did not fit, or came late. Please go back and try again."))
        name = request.form.get("name") or browser_label(request.user_agent.string)
        codes = add_passkey(person(), new, name)
        return self._done(codes, _("Your passkey was added. Your other sessions ended."))

    @expose("/passkeys/rename/", ("POST",), permission="view", reauthentication=SENDING)
    def rename_passkey_view(self) -> ResponseReturnValue:
        rename_passkey(person(), _passkey_id(), request.form.get("name", ""))
        return self._back(_("The name was saved."))

    @expose("/passkeys/remove/", ("POST",), permission="view", reauthentication=SENDING)
    def remove_passkey_view(self) -> ResponseReturnValue:
        remove_passkey(person(), _passkey_id())
        return self._back(_("Your passkey was removed. Your other sessions ended."))

    @expose("/recovery-codes/", ("POST",), permission="view", reauthentication=SENDING)
    def recovery_codes_view(self) -> ResponseReturnValue:
        return self._done(make_recovery_codes(person()), "")

    def _done(self, codes: list[str], message: str) -> ResponseReturnValue:
        """Back to the page; where there are new recovery codes, they are shown first, this once."""
        if not codes:
            return self._back(message)
        return self.render(
            "account/recovery_codes.html",
            title=_("Your recovery codes"),
            breadcrumbs=[*_account(), {"label": _("Second factor"), "url": url_for(".index")}],
            message=message,
            codes=codes,
            username=person().username,
            site=relying_party().host,
            go_on_url=home_url() if person().required_action else url_for(".index"),
        )

    def _back(self, message: str) -> ResponseReturnValue:
        flash(message, "success")
        return redirect(url_for(".index"), 303)


def _account() -> list[dict[str, object]]:
    return [{"label": _("Your account"), "url": url_for("account.index")}]


def _set_up(enrolment: Enrolment, form: FirstCodeForm) -> list[str] | None:
    codes = set_up_authenticator(person(), enrolment, form.code.data or "")
    if codes is None:
        form.code.errors = [_("This is not the code that the app shows now. Please type the next one.")]
    return codes


def _passkey_id() -> int:
    return parse_id(Passkey, request.form.get("id")) or 0
