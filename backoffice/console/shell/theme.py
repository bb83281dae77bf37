"""The colours that a person chose for this browser: those of the system, light or dark."""

from datetime import timedelta

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.accounts.sessions import RequiredAction
from backoffice.console.base import ConsoleView, back, home_url
from backoffice.console.http import cookie, delete_cookie, set_cookie
from backoffice.console.page import expose

COOKIE = "theme"
SYSTEM, LIGHT, DARK = "system", "light", "dark"
KEPT_FOR = timedelta(days=365)


def themes() -> list[dict[str, object]]:
    """What can be chosen, and what is."""
    chosen = cookie(COOKIE)
    labels = {SYSTEM: _("System"), LIGHT: _("Light"), DARK: _("Dark")}
    current = chosen if chosen in (LIGHT, DARK) else SYSTEM
    return [{"name": name, "label": label, "current": name == current} for name, label in labels.items()]


class ThemeView(ConsoleView):
    """Takes the choice; what is chosen stands in the frame of every page."""

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: there is no page."""
        return False

    @expose("/", ("POST",), permission="view", open_before=tuple(RequiredAction))
    def index(self) -> ResponseReturnValue:
        response = current_app.make_response(back(home_url()))
        chosen = request.form.get("theme")
        if chosen in (LIGHT, DARK):
            set_cookie(response, COOKIE, chosen, KEPT_FOR)
        else:
            delete_cookie(response, COOKIE)
        return response
