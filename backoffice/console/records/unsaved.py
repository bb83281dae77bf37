"""A form that came when its session was over: nothing is saved, and nothing typed is lost."""

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from backoffice.accounts import FormName, drafts
from backoffice.accounts.sessions import owner_of_ended_session, session_owner
from backoffice.console.auth import redirect_to_login
from backoffice.console.http import here, inside, person, typed, wants_json
from backoffice.console.page import page_at
from backoffice.console.records import autosave
from backoffice.console.records.autosave_pages import DraftPage, permission_of
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
    if page is None or not issubclass(page, FormPage | DraftPage):
        return None
    name = page.form_sent(view)
    state = FormState.sent(name) if name else None
    owner = session_owner(state.session_id) if state else None
    if name is None or state is None or owner is None or not _may_save(view, name, owner):
        return None
    is_kept = _keep(view, name, state)
    if issubclass(page, DraftPage):
        return ("", 204) if is_kept else None
    if is_kept:
        return redirect_to_login(_("Please sign in again: what you typed is kept, and not saved yet."))
    return None if wants_json() else _unkept()


def _keep(view: "RecordView", name: FormName, state: FormState) -> bool:
    """Whether the session of a form is over, and what was typed into it is kept now for its owner."""
    # Only the console makes a state; no other site can have sent it (http/guards.py); but it may be a copy.
    owner = owner_of_ended_session(state.session_id)
    if owner is None:
        return False
    edited = autosave.edited(form_over(view, record_of(view, name)), state)
    return drafts.keep_of_ended_session(owner.id, name, edited, state.shown)


def _unkept() -> ResponseReturnValue:
    """What was typed, for whoever sent it: it may be a copy of a form that its owner is at."""
    page = render_template(
        "http/error.html",
        title=_("Please sign in"),
        message=_("Nothing was saved, nor could it be kept. Copy what you typed from here, then sign in."),
        code=401,
        request_id=g.get("request_id"),
        typed=typed(),
        back_url=url_for("sign_in.login", next=inside(here())),
        back_label=_("Sign in"),
    )
    return page, 401


def form_again(view: "RecordView", page_name: str) -> ResponseReturnValue | None:
    """The answer to a form whose token is not of this session: the same form, or the way to sign in.

    None where it was sent to another page, or made for somebody else.
    """
    page = page_at(type(view), page_name)
    name = page.form_sent(view) if page is not None and issubclass(page, FormPage) else None
    state = FormState.sent(name) if name else None
    owner = session_owner(state.session_id) if state else None
    if name is None or owner is None or not _may_save(view, name, owner):
        return None
    if not current_user.is_authenticated:
        return view.redirect_to_login(page_name)
    return _unsaved(view, name) if owner.id == person().id else None


def _may_save(view: "RecordView", name: FormName, owner: Administrator) -> bool:
    """Whether the person whom a form was made for still may do what it is for."""
    permission = permission_of(name)
    return view.offers(permission) and may(owner, permission, view.table)


def _unsaved(view: "RecordView", name: FormName) -> ResponseReturnValue:
    record = record_of(view, name)
    form = form_over(view, record)
    form.form_errors.append(_("Your session is a new one. Please look this over, and save again."))
    key = None if record is None else view.key_of(record)
    return form_page(view, form, form_title(view, record), key, 400)
