"""Keeping what is typed into a form until it is saved, through a closed tab and the end of a session.

A draft belongs to the person whom the form was made for, which the form itself says (`FormState`).
"""

from typing import TYPE_CHECKING

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.accounts import FormName, drafts
from backoffice.console.http import inside, person
from backoffice.console.records import autosave
from backoffice.console.records.form_state import FormState
from backoffice.console.records.record_page import RecordPage
from backoffice.console.records.sent_form import form_in_address, form_name, form_over, record_of
from backoffice.database import transaction
from backoffice.exceptions import Invalid
from backoffice.extensions import db

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class BesideForm(RecordPage):
    """A page that is about a form: that of the record in its address, or of a new one."""

    @classmethod
    def form_sent(cls, view: "RecordView") -> FormName | None:
        """The form that a request to this page is about; None where its address names none."""
        return form_in_address(view) if "id" in request.args else form_name(view, None)

    def allowed_form(self) -> FormName:
        """The same, of which whoever asks may make or edit the record."""
        name = self.form_sent(self.view) or abort(404)
        self.view.require(permission_of(name))
        return name


class DraftPage(BesideForm):
    """`/draft/`: keeps what is being typed; a script of the form's page sends it."""

    def post(self) -> ResponseReturnValue:
        name = self.allowed_form()
        record, state = record_of(self.view, name), FormState.sent(name)
        if state is None or not state.is_of(person()):
            raise Invalid(_("This form is not as the console made it. Please load the page again."))
        edited = autosave.edited(form_over(self.view, record), state)
        if not drafts.keep(person().id, name, edited, state.shown):
            raise Invalid(_("What you typed could not be kept. Please save it soon."))
        return "", 204


class DiscardPage(BesideForm):
    """`/draft/discard/`: forgets what was typed, and shows the form as the record is."""

    def post(self) -> ResponseReturnValue:
        name = self.allowed_form()
        with transaction(db.session):
            drafts.forget(person().id, name)
        form = ".edit_view" if name.key else ".create_view"
        url = inside(request.form.get("url"))
        return redirect(url_for(form, id=name.key or None, url=url), 303)


def permission_of(name: FormName) -> str:
    """What whoever uses a form must be allowed."""
    return "edit" if name.key else "create"
