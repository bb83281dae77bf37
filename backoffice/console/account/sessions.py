"""The sessions that are open: one's own, and for administrators those of others; and ending them."""

from collections.abc import Collection

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.accounts.sessions import MOST_OPEN, end_sessions, open_sessions
from backoffice.console.base import ConsoleView
from backoffice.console.http import person
from backoffice.console.page import SENDING, expose
from backoffice.console.presenters import browser_label, method_label
from backoffice.extensions import db
from backoffice.models import Administrator, AdminSession, parse_id
from backoffice.permissions import may


class SessionsView(ConsoleView):
    """`/admin/sessions/`, one's own; those of `?of=` are for whom the roles let see them."""

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: the account page has."""
        return False

    @expose("/", permission="view")
    def index_view(self) -> ResponseReturnValue:
        owner = _owner(request.args.get("of"), "view")
        own = owner.id == person().id
        return self.render(
            "account/sessions.html",
            title=_("Your sessions") if own else _("Sessions of %(name)s", name=owner.username),
            breadcrumbs=[_account() if own else _administrators()],
            sessions=[_described(one) for one in open_sessions(owner.id)],
            owner=owner,
            own=own,
            most=MOST_OPEN,
        )

    @expose("/end/", ("POST",), permission="view", reauthentication=SENDING)
    def end_view(self) -> ResponseReturnValue:
        owner = _owner(request.form.get("of"), "delete")
        key = parse_id(AdminSession, request.form.get("id"))
        one = db.session.get(AdminSession, key) if key is not None else None
        if one is None or one.administrator_id != owner.id:
            abort(404)
        return _end(owner, [one.id])

    @expose("/end-all/", ("POST",), permission="view", reauthentication=SENDING)
    def end_all_view(self) -> ResponseReturnValue:
        """All of somebody else's; of one's own all but this one, which one signs out of."""
        owner = _owner(request.form.get("of"), "delete")
        return _end(owner, [one.id for one in open_sessions(owner.id) if one.id != person().session_id])


def _owner(text: str | None, permission: str) -> Administrator:
    """Whose sessions an address or a form is about; to whom it is none of their business, nobody is there."""
    if not text:
        return db.session.get_one(Administrator, person().id)
    key = parse_id(Administrator, text)
    may_ask = key == person().id or may(person(), permission, AdminSession.__tablename__)
    owner = db.session.get(Administrator, key) if key is not None and may_ask else None
    return owner if owner is not None else abort(404)


def _end(owner: Administrator, session_ids: Collection[int]) -> ResponseReturnValue:
    own, key = owner.id == person().id, owner.id
    end_sessions(owner, session_ids)
    flash(ngettext("%(num)d session was ended.", "%(num)d sessions were ended.", len(session_ids)), "success")
    return redirect(url_for(".index_view", of=None if own else key), 303)


def _described(one: AdminSession) -> dict[str, object]:
    return {
        "id": one.id,
        "browser": browser_label(one.user_agent),
        "user_agent": one.user_agent,
        "address": one.address,
        "began": one.created_at,
        "method": method_label(one.method) if one.method else None,
        "remembered": one.remembered,
        "seen": one.last_seen_at,
        "is_this": one.id == person().session_id,
    }


def _account() -> dict[str, object]:
    return {"label": _("Your account"), "url": url_for("account.index")}


def _administrators() -> dict[str, object]:
    return {"label": _("Administrators"), "url": url_for("administrator.index_view")}
