"""The colours that a person chose for this browser: those of the system, light or dark."""

from typing import Any, ClassVar

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from backoffice.accounts.sign_ins import Duty
from backoffice.console.base import ConsoleView, back, home_url

COOKIE = "theme"
SYSTEM, LIGHT, DARK = "system", "light", "dark"
KEPT_SECONDS = 365 * 24 * 60 * 60


def themes() -> list[dict[str, Any]]:
    """What can be chosen, and what is."""
    chosen = request.cookies.get(COOKIE)
    labels = {SYSTEM: _("System"), LIGHT: _("Light"), DARK: _("Dark")}
    current = chosen if chosen in (LIGHT, DARK) else SYSTEM
    return [{"name": name, "label": label, "current": name == current} for name, label in labels.items()]


class ThemeView(ConsoleView):
    """Takes the choice; what is chosen stands in the frame of every page."""

    acts: ClassVar[dict[str, str]] = {"index": "view"}
    open_before = dict.fromkeys(Duty, ("index",))

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: there is no page."""
        return False

    @expose("/", methods=("POST",))
    def index(self) -> ResponseReturnValue:
        response = current_app.make_response(back(home_url()))
        chosen = request.form.get("theme")
        if chosen in (LIGHT, DARK):
            secure = current_app.config["SESSION_COOKIE_SECURE"]
            response.set_cookie(COOKIE, chosen, KEPT_SECONDS, secure=secure, httponly=True, samesite="Lax")
        else:
            response.delete_cookie(COOKIE)
        return response
