"""Taking another administrator's second factor away, who has lost it: they set up a new one."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.validators import InputRequired

from backoffice.accounts.mfa import reset
from backoffice.console.administrators.view import grant_or_404
from backoffice.console.base import ConsoleView
from backoffice.console.history import WAYS
from backoffice.console.page import SENDING, expose
from backoffice.console.presenters import SelectChoice, TranslatedForm
from backoffice.models import Administrator


class ResetForm(TranslatedForm):
    made_sure = RadioField(
        lazy_gettext("How you made sure that it is them who asks"),
        [InputRequired(lazy_gettext("Please say how. It is recorded."))],
        choices=[SelectChoice(way, words) for way, words in WAYS.items()],
    )


class SecondFactorResetView(ConsoleView):
    """`/admin/administrator/second-factor/`: the question, and the answer."""

    table = Administrator.__tablename__
    icon = "key"

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: it is asked of one administrator."""
        return False

    @expose("/", ("GET", "POST"), permission="edit", reauthentication=SENDING)
    def index(self) -> ResponseReturnValue:
        grant = grant_or_404(request.values.get("id"))
        form = ResetForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            name = grant.username
            reset(grant.id, form.made_sure.data)
            flash(
                _("The second factor of %(name)s was reset, and they are signed out everywhere.", name=name),
                "success",
            )
            return redirect(url_for("administrator.index_view"), 303)
        page = self.render(
            "administrators/mfa_reset.html",
            title=_("Reset second factor"),
            breadcrumbs=[{"label": _("Administrators"), "url": url_for("administrator.index_view")}],
            grant=grant,
            form=form,
            cancel_url=url_for("administrator.index_view"),
        )
        return page, 422 if form.errors else 200
