"""The question who somebody is, where it stands for itself: before a form with secrets, and before a file."""

from typing import ClassVar

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from backoffice.accounts.mfa import is_proof_fresh
from backoffice.accounts.sessions import Duty
from backoffice.console.auth import question
from backoffice.console.base import ConsoleView, home_url, person
from backoffice.console.http import endpoint_of, inside


class ProofView(ConsoleView):
    """`/admin/proof/?next=`, which leads on to an address of the console."""

    acts: ClassVar[dict[str, str]] = {"index": "view"}
    open_before = {Duty.SECOND_FACTOR: ("index",)}

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: one is only ever led here."""
        return False

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        if not is_proof_fresh(person()):
            return question()
        address = inside(request.args.get("next")) or home_url()
        view, _dot, function = endpoint_of(address).partition(".")
        if request.method == "POST" and function == "export":
            return self._file(address, url_for(f"{view}.index_view"))
        return redirect(address, 303)

    def _file(self, address: str, list_url: str) -> ResponseReturnValue:
        """A browser would stay on the question, since what is there is a file to keep."""
        title = _("Your file is on its way")
        return self.render("account/file.html", title=title, file_url=address, list_url=list_url)
