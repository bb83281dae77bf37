"""A form that came when its session was over: nothing is saved, and nothing typed is lost."""

from typing import TYPE_CHECKING

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from backoffice.accounts import FormName
from backoffice.accounts.sessions import session_owner
from backoffice.console.auth import redirect_to_login
from backoffice.console.http import person
from backoffice.console.page import page_at
from backoffice.console.records import autosave
from backoffice.console.records.autosave_pages import BesideForm, permission_of
from backoffice.console.records.edit import FormPage, form_page, form_title
from backoffice.console.records.form_state import FormState
from backoffice.console.records.sent_form import form_over, record_of
from backoffice.models import Administrator
from backoffice.permissions import may

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


def answer_to_stranger(view: "RecordView", page_name: str) -> ResponseReturnValue | None:
    """The answer of a page to those who are not signed in, where what was typed could be kept; else None."""
    page = page_at(type(view), page_name)
    if page is None or not issubclass(page, FormPage | BesideForm):
        return None
    name = page.form_sent(view)
    if name is None or not _keep_for_owner(view, name):
        return None
    if issubclass(page, BesideForm):
        return "", 204
    return redirect_to_login(_("Please sign in again: what you typed is kept, and not saved yet."))


def form_again(view: "RecordView", page_name: str) -> ResponseReturnValue | None:
    """The answer to a form whose token is not of this session: the same form, or the way to sign in.

    None where it was sent to another page, or made for somebody else.
    """
    page = page_at(type(view), page_name)
    name = page.form_sent(view) if page is not None and issubclass(page, FormPage) else None
    owner = _owner(view, name) if name else None
    if name is None or owner is None:
        return None
    if not current_user.is_authenticated:
        return view.redirect_to_login(page_name)
    return _unsaved(view, name) if owner.id == person().id else None


def _unsaved(view: "RecordView", name: FormName) -> ResponseReturnValue:
    record = record_of(view, name)
    form = form_over(view, record)
    form.form_errors.append(_("Your session is a new one. Please look this over, and save again."))
    key = None if record is None else view.key_of(record)
    return form_page(view, form, form_title(view, record), key, 400)


def _keep_for_owner(view: "RecordView", name: FormName) -> bool:
    """Whether this request is a form, and what was typed into it is kept now."""
    state, owner = FormState.sent(name), _owner(view, name)
    if state is None or owner is None:
        return False
    return autosave.keep(owner.id, name, form_over(view, record_of(view, name)), state)


def _owner(view: "RecordView", name: FormName) -> Administrator | None:
    """The person whom the form that was sent was made for, if they still may do what it is for."""
    # Nobody else can make its state; and no other site can have sent it: see http/guards.py.
    state = FormState.sent(name)
    owner = session_owner(state.session_id) if state else None
    return owner if may(owner, permission_of(name), view.table) else None
