"""Keeping what is typed into a form until it is saved, through a closed tab and the end of a session.

A draft belongs to the person whom the form was made for, which the form itself says (`FormState`).
"""

from typing import TYPE_CHECKING, Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_login import current_user

from backoffice.accounts import FormName
from backoffice.accounts import drafts as kept
from backoffice.accounts.sessions import find_owner
from backoffice.console.auth import ask_to_sign_in
from backoffice.console.base import person
from backoffice.console.http import inside
from backoffice.console.records import autosave
from backoffice.console.records.form_state import STATE, FormState, shown_values
from backoffice.console.records.forms import RecordForm
from backoffice.database import transaction
from backoffice.exceptions import Invalid
from backoffice.extensions import db
from backoffice.models import Administrator, parse_key
from backoffice.permissions import may

if TYPE_CHECKING:
    from backoffice.console.records.edit import FormPages
else:  # Flask-Admin would make each base class of a view a view of its own
    FormPages = object

# Which form these pages are about is said by the key in their address: none for that of a new record.
BESIDE_FORMS = ("draft_view", "discard_view")


class DraftPages(FormPages):
    """`/draft/` and `/draft/discard/`, beside the forms that they are about."""

    @expose("/draft/", methods=("POST",))
    def draft_view(self) -> ResponseReturnValue:
        """Keep what is being typed; a script of the form's page sends it."""
        name = self._form_sent_to("draft_view") or abort(404)
        self.require(_act(name))
        record, state = self._record(name), FormState.sent(name)
        if state is None:
            raise Invalid(_("This form is not as the console made it. Please load the page again."))
        if not autosave.keep(person().id, name, self._form(record), state):
            raise Invalid(_("What you typed could not be kept. Please save it soon."))
        return "", 204

    @expose("/draft/discard/", methods=("POST",))
    def discard_view(self) -> ResponseReturnValue:
        """Forget what was typed, and show the form as the record is."""
        name = self._form_sent_to("discard_view") or abort(404)
        self.require(_act(name))
        with transaction(db.session):
            kept.forget(person().id, name)
        form = ".edit_view" if name.key else ".create_view"
        url = inside(request.form.get("url"))
        return redirect(url_for(form, id=name.key or None, url=url), 303)

    def _form_sent_to(self, page: str) -> FormName | None:
        """The form that a request to this page is about; None where its address names none."""
        if page == "create_view" or (page in BESIDE_FORMS and "id" not in request.args):
            return self.form_name(None)
        key = parse_key(self.sql_table, request.args.get("id"))
        return self.form_name(key) if key is not None and page in ("edit_view", *BESIDE_FORMS) else None

    def _record(self, name: FormName) -> Any:
        """The record of a form; None for a new one."""
        return self.record_or_404(name.key) if name.key else None

    # While it is shown

    def draft_context(self, form: RecordForm, key: Any) -> dict[str, Any]:
        name = self.form_name(key)
        shown, sign_in = shown_values(form.shown), person().sign_in_id
        state, note, is_kept = FormState(sign_in, shown), None, False
        if request.method == "POST":
            sent = FormState.sent(name)
            state = FormState(sign_in, sent.shown) if sent and sent.is_of(person()) else state
            # Where the database is busy it would only be waited for once more: the page holds it all.
            is_kept = not form.is_held_up and autosave.keep(person().id, name, form, state)
        elif draft := kept.find(person().id, name):
            autosave.put_into(form, draft)
            if autosave.differs(form, shown):
                changed = [form[field].label.text for field in autosave.changed_since(draft, shown)]
                note = {"typed_at": draft.updated_at, "changed": changed}
                state = autosave.state_with(draft, shown, sign_in)
        return {
            "state": [(STATE, state.signed(name))],
            "draft": note,
            "draft_kept": is_kept,
            "draft_url": url_for(".draft_view", id=key),
            "discard_url": url_for(".discard_view", id=key),
        }

    def forget_draft(self, key: Any) -> None:
        kept.forget(person().id, self.form_name(key))

    # When the session is over

    def ask_to_sign_in(self, name: str) -> ResponseReturnValue:
        if not self._keep_for_owner(name):
            return super().ask_to_sign_in(name)
        if name == "draft_view":
            return "", 204
        asked: ResponseReturnValue = ask_to_sign_in(
            _("Please sign in again: what you typed is kept, and not saved yet.")
        )
        return asked

    def form_again(self, page: str) -> ResponseReturnValue | None:
        """The answer to a form whose token is not of this session: the same form, or the way to sign in.

        None where it was sent to another page, or made for somebody else.
        """
        name = self._form_sent_to(page) if page not in BESIDE_FORMS else None
        owner = self._owner(name) if name else None
        if name is None or owner is None:
            return None
        if not current_user.is_authenticated:
            return self.ask_to_sign_in(page)
        return self._unsaved(name) if owner.id == person().id else None

    def _unsaved(self, name: FormName) -> ResponseReturnValue:
        record = self._record(name)
        form = self._form(record)
        form.form_errors.append(_("Your session is a new one. Please look this over, and save again."))
        key = None if record is None else self.key_of(record)
        return self._form_page(form, self._form_title(record), key, 400)

    def _keep_for_owner(self, page: str) -> bool:
        """Whether this request is a form, and what was typed into it is kept now."""
        name = self._form_sent_to(page)
        state = FormState.sent(name) if name else None
        owner = self._owner(name) if name else None
        if name is None or state is None or owner is None:
            return False
        return autosave.keep(owner.id, name, self._form(self._record(name)), state)

    def _owner(self, name: FormName) -> Administrator | None:
        """The person whom the form that was sent was made for, if they still may do what it is for."""
        # Nobody else can make its state; and no other site can have sent it: console/http/guards.py.
        state = FormState.sent(name)
        owner = find_owner(state.sign_in_id) if state else None
        return owner if may(owner, _act(name), self.table) else None


def _act(name: FormName) -> str:
    return "edit" if name.key else "create"
