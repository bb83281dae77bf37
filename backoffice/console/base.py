"""What all pages inside the console share: who may open them, and as whom they act."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from flask_babel import gettext as _
from flask_login import current_user

from backoffice.accounts.sessions import Duty
from backoffice.console.auth import ask_to_sign_in, require_proof, take_proof
from backoffice.console.http import inside, person, sender, wants_json
from backoffice.exceptions import Forbidden
from backoffice.history import acting_as
from backoffice.permissions import may

__all__ = ["ConsoleView", "back", "home_url", "person"]

# The page on which each duty is done.
DUTY_PAGES = {Duty.PASSWORD: "account.index", Duty.SECOND_FACTOR: "second_factor.index"}


class ConsoleView(BaseView):
    """A page, or several over one table, closed to everybody whose role does not allow its acts."""

    # What each view function does, in the words of `permissions`. One that is not named here is closed.
    acts: ClassVar[dict[str, str]] = {}
    # The table whose rows the pages are about.
    table: str | None = None
    icon = "table"
    # The view functions that are open although this duty is not done yet.
    open_before: ClassVar[Mapping[Duty, Collection[str]]] = {}
    # The view functions before which a person shows again who they are, and the methods that this is for.
    needs_proof: ClassVar[Mapping[str, Collection[str]]] = {}

    def allows(self, act: str) -> bool:
        """Whether the person who is signed in may do this here; asked for every row of a list."""
        allowed: dict[tuple[str | None, str], bool] = g.setdefault("allowed", {})
        if (self.table, act) not in allowed:
            signed_in = current_user.is_authenticated
            allowed[self.table, act] = bool(signed_in) and may(person(), act, self.table)
        return allowed[self.table, act]

    def is_accessible(self) -> bool:
        return self.allows("view") and person().duty is None

    def further_links(self) -> list[dict[str, Any]]:
        """The pages of this view that stand in the sidebar beside its first: label, icon and endpoint."""
        return []

    def require(self, act: str) -> None:
        """Raise Forbidden unless the person who is signed in may do this here."""
        if not self.allows(act):
            raise Forbidden(_("Your role does not allow this."))

    def render(self, template: str, **context: Any) -> str:
        """The page that `template` makes of `context`."""
        return str(super().render(template, **context))

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            return self.ask_to_sign_in(name)
        duty = person().duty
        if duty is not None and name not in self.open_before.get(duty, ()):
            return _first(duty)
        if name not in self.acts:
            raise Forbidden(_("Your role does not allow this."))
        self.require(self.acts[name])
        with acting_as(sender()):
            take_proof()
        if request.method in self.needs_proof.get(name, ()):
            require_proof()
        return None

    def ask_to_sign_in(self, name: str) -> ResponseReturnValue:
        """The answer of the view function `name` to those who are not signed in."""
        asked: ResponseReturnValue = ask_to_sign_in()
        return asked

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the function again after a TypeError inside it, which hides the error.
        with acting_as(sender()):
            return fn(self, *args, **kwargs)


def _first(duty: Duty) -> ResponseReturnValue:
    """The answer where something has to be done before: the way to its page."""
    if wants_json():
        abort(403)
    return redirect(url_for(DUTY_PAGES[duty]))


def back(default: str) -> ResponseReturnValue:
    """Go on to the address that came with the form, or else to `default`."""
    return redirect(inside(request.values.get("url")) or default, 303)


def home_url() -> str:
    return url_for("admin.index")
