"""Re-authentication on a page of its own: before a form with secrets, and before a file."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.accounts.mfa import is_recently_authenticated
from backoffice.accounts.sessions import RequiredAction
from backoffice.console.auth import render_reauthentication
from backoffice.console.base import ConsoleView, home_url
from backoffice.console.http import endpoint_of, inside, person
from backoffice.console.page import expose


class ReauthenticationView(ConsoleView):
    """`/admin/proof/?next=`, which leads on to an address of the console."""

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: one is only ever led here."""
        return False

    @expose("/", ("GET", "POST"), permission="view", open_before=(RequiredAction.SECOND_FACTOR,))
    def index(self) -> ResponseReturnValue:
        if not is_recently_authenticated(person()):
            return render_reauthentication()
        address = inside(request.args.get("next")) or home_url()
        view, _dot, function = endpoint_of(address).partition(".")
        if request.method == "POST" and function == "export":
            return self._file(address, url_for(f"{view}.index_view"))
        return redirect(address, 303)

    def _file(self, address: str, list_url: str) -> ResponseReturnValue:
        """A browser would stay on this page, since what is there is a file to keep."""
        title = _("Your file is on its way")
        return self.render("account/file.html", title=title, file_url=address, list_url=list_url)
