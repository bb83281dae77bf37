"""What all pages inside the console share: who may open them, and as whom they act."""

from collections.abc import Callable

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from flask_babel import gettext as _
from flask_login import current_user

from backoffice.accounts.sessions import RequiredAction
from backoffice.console.auth import handle_reauthentication, redirect_to_login, require_reauthentication
from backoffice.console.flask_admin_private import GuardedView, index_of
from backoffice.console.http import answer_once, inside, person, sender, wants_json
from backoffice.console.page import Access, access_to
from backoffice.console.presenters import operation_url
from backoffice.exceptions import Forbidden, SentTwice
from backoffice.extensions import db
from backoffice.history import acting_as
from backoffice.models import Operation
from backoffice.permissions import may

# The page on which each required action is done.
REQUIRED_ACTION_PAGES = {
    RequiredAction.PASSWORD: "account.index",
    RequiredAction.SECOND_FACTOR: "second_factor.index",
}


class ConsoleView(GuardedView):
    """A page, or several over one table, closed to everybody whose role does not allow what they are for."""

    # The table whose rows the pages are about.
    table: str | None = None
    # Its icon in the sidebar, one of Bootstrap's.
    icon = "table"

    def allows(self, permission: str) -> bool:
        """Whether the person who is signed in may do this here; asked for every row of a list."""
        allowed: dict[tuple[str | None, str], bool] = g.setdefault("allowed", {})
        if (self.table, permission) not in allowed:
            signed_in = current_user.is_authenticated
            allowed[self.table, permission] = bool(signed_in) and may(person(), permission, self.table)
        return allowed[self.table, permission]

    def is_accessible(self) -> bool:
        """Whether the person who is signed in may open it."""
        return self.allows("view") and person().required_action is None

    def further_links(self) -> list[dict[str, str]]:
        """The pages of this view that stand in the sidebar beside its first: label, icon and endpoint."""
        return []

    def require(self, permission: str) -> None:
        """Raise Forbidden unless the person who is signed in may do this here."""
        if not self.allows(permission):
            raise Forbidden(_("Your role does not allow this."))

    def render(self, template: str, **context: object) -> str:
        """The page that `template` makes of `context`."""
        return str(super().render(template, **context))

    def guard(self, name: str) -> ResponseReturnValue | None:
        """The answer in place of the page `name`; None where it is open to whoever asks.

        What a page of a subclass calls in turn, `super().index_view()`, was guarded with it.
        """
        if g.get("answering") == (self, name):
            return None
        if not current_user.is_authenticated:
            return self.redirect_to_login(name)
        access = access_to(type(self), name)
        action = person().required_action
        if action is not None and (access is None or action not in access.open_before):
            return _first(action)
        self._check(access)
        return None

    def _check(self, access: Access | None) -> None:
        if access is None:  # nobody said who may open it
            raise Forbidden(_("Your role does not allow this."))
        self.require(access.permission)
        with acting_as(sender()):
            handle_reauthentication()
        if request.method in access.reauthentication:
            require_reauthentication()

    def redirect_to_login(self, name: str) -> ResponseReturnValue:
        """The answer of the page `name` to those who are not signed in."""
        return redirect_to_login()

    def call(
        self, function: Callable[..., ResponseReturnValue], arguments: dict[str, object]
    ) -> ResponseReturnValue:
        """The answer of a page, by whoever is signed in."""
        g.answering = self, function.__name__
        with acting_as(sender()):
            try:
                return answer_once(lambda: super(ConsoleView, self).call(function, arguments))
            except SentTwice as twice:
                return self._acted_before(twice.operation_id)

    def _acted_before(self, operation_id: int | None) -> ResponseReturnValue:
        """Where a form leads that was sent twice, when nobody knows any more what was answered at first."""
        act = db.session.get(Operation, operation_id) if operation_id is not None else None
        flash(_("This was done already. Nothing was done twice."), "info")
        return redirect(operation_url(act.id), 303) if act else back(url_for(index_of(self)))


class Page(MethodView):
    """What answers at one route of a view; made for each request, and handed the view.

    `get` answers whoever opens it, `post` whoever sends a form; both take what the route says.
    """

    view: ConsoleView

    def __init__(self, view: ConsoleView) -> None:
        self.view = view


def _first(action: RequiredAction) -> ResponseReturnValue:
    """The answer where something has to be done before: the way to its page."""
    if wants_json():
        abort(403)
    return redirect(url_for(REQUIRED_ACTION_PAGES[action]))


def back(default: str) -> ResponseReturnValue:
    """Go on to the address that came with the form, or else to `default`."""
    return redirect(inside(request.values.get("url")) or default, 303)


def home_url() -> str:
    """The first page."""
    return url_for("admin.index")
