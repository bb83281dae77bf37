"""Who may enter the console: granting, disabling, enabling and revoking, on pages of their own."""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.accounts import (
    TABLE,
    change_role,
    disable,
    enable,
    find_account,
    find_user,
    grant_access,
    revoke,
)
from backoffice.accounts.passwords import create_link
from backoffice.console.base import ConsoleView
from backoffice.console.http import digest, is_digest_of, person
from backoffice.console.page import SENDING, expose
from backoffice.console.presenters import (
    REQUIRED,
    TranslatedForm,
    role_choices,
    role_descriptions,
    role_label,
)
from backoffice.console.records import SENT
from backoffice.console.users import link_context
from backoffice.exceptions import Conflict, Invalid, NotFound
from backoffice.extensions import db
from backoffice.models import Administrator, parse_key
from backoffice.permissions import LOWEST, ROLES


class RoleForm(TranslatedForm):
    role = RadioField(
        lazy_gettext("Role"),
        description=lazy_gettext("It counts from their next step on. Work of theirs that is going on stops."),
        choices=role_choices,
    )


class GrantForm(TranslatedForm):
    username = StringField(
        lazy_gettext("Username"),
        [InputRequired(REQUIRED)],
        description=lazy_gettext("Somebody who is a user already."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    role = SelectField(
        lazy_gettext("Role"),
        description=role_descriptions(),
        choices=role_choices,
        default=LOWEST,
    )


class AdministratorView(ConsoleView):
    """The grants. There are as many as there are people at work here, so one page holds them all."""

    table = Administrator.__tablename__
    icon = "person-badge"

    @expose("/", permission="view")
    def index_view(self) -> ResponseReturnValue:
        grants = db.session.scalars(select(Administrator).order_by(Administrator.username)).all()
        return self.render(
            "administrators/list.html",
            title=_("Administrators"),
            grants=grants,
            versions=[_version(grant) for grant in grants],
            role_label=role_label,
            own_id=person().id,
        )

    @expose("/grant/", ("GET", "POST"), permission="create", reauthentication=SENDING)
    def grant_view(self) -> ResponseReturnValue:
        form = GrantForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            try:
                return self._grant(form)
            except (Invalid, Conflict) as error:
                form.username.errors = [str(error)]
        page = self.render(
            "administrators/grant.html",
            title=_("Grant access"),
            breadcrumbs=self._breadcrumbs(),
            form=form,
            cancel_url=url_for(".index_view"),
        )
        return page, 422 if form.errors else 200

    def _grant(self, form: GrantForm) -> ResponseReturnValue:
        """Grant access; where no password opens the console yet, make a link to choose one."""
        user = find_user(form.username.data or "")
        if user is None:
            raise Invalid(_("There is no user with this name."))
        grant = grant_access(user.id, form.role.data)
        if find_account(user.id).can_sign_in:
            flash(_("%(name)s can sign in now, with the password they have.", name=grant.username), "success")
            return redirect(url_for(".index_view"), 303)
        return self.render(
            "users/password_link.html",
            **link_context(create_link(user.id)),
            breadcrumbs=self._breadcrumbs(),
            back_url=url_for(".index_view"),
        )

    @expose("/role/", ("GET", "POST"), permission="edit", reauthentication=SENDING)
    def role_view(self) -> ResponseReturnValue:
        grant = grant_or_404(request.values.get("id"))
        form, error = RoleForm(request.form if request.method == "POST" else None, obj=grant), None
        if request.method == "POST" and form.validate():
            try:
                return self._change(
                    partial(change_role, role=form.role.data), _("%(name)s has another role now.")
                )
            except Conflict as refusal:
                error = str(refusal)
        page = self.render(
            "administrators/role.html",
            title=_("Role of %(name)s", name=grant.username),
            breadcrumbs=self._breadcrumbs(),
            form=form,
            error=error,
            grant=grant,
            roles=ROLES,
            version=[_version(grant)],
        )
        return page, 409 if error else 422 if form.errors else 200

    @expose("/disable/", ("POST",), permission="edit", reauthentication=SENDING)
    def disable_view(self) -> ResponseReturnValue:
        return self._change(disable, _("%(name)s cannot sign in any more, until you enable them again."))

    @expose("/enable/", ("POST",), permission="edit", reauthentication=SENDING)
    def enable_view(self) -> ResponseReturnValue:
        return self._change(enable, _("%(name)s can sign in again."))

    @expose("/revoke/", ("GET", "POST"), permission="delete", reauthentication=SENDING)
    def revoke_view(self) -> ResponseReturnValue:
        if request.method == "POST":
            return self._change(revoke, _("%(name)s has no access to the console any more."))
        grant = grant_or_404(request.args.get("id"))
        return self.render(
            "administrators/revoke.html",
            title=_("Revoke access"),
            breadcrumbs=self._breadcrumbs(),
            grant=grant,
            version=[_version(grant)],
        )

    def _change(self, change: Callable[..., None], message: str) -> ResponseReturnValue:
        grant = grant_or_404(request.form.get("id"))
        name = grant.username
        change(grant.id, is_as_shown=_is_as_shown)
        flash(message % {"name": name}, "success")
        return redirect(url_for(".index_view"), 303)

    def _breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": _("Administrators"), "url": url_for(".index_view")}]


def grant_or_404(text: str | None) -> Administrator:
    """The grant that an address or a form names. Raises NotFound."""
    key = parse_key(Administrator.__table__, text)  # type: ignore[arg-type]
    grant = db.session.get(Administrator, key) if key is not None else None
    if grant is None:
        raise NotFound(_("This administrator is not there any more."))
    return grant


def _version(grant: Administrator) -> tuple[str, str]:
    """How a grant was shown: the input that says so, and what it says."""
    return SENT, f"{grant.id}:{digest(*_shown(grant))}"


def _shown(grant: Administrator) -> tuple[object, ...]:
    return TABLE, grant.id, grant.username, grant.role, grant.granted_at, grant.disabled_at, grant.is_stale


def _is_as_shown(grant: Administrator) -> bool:
    """Whether a grant is as the page showed it that this request came from, if that said how."""
    sent = dict(text.partition(":")[::2] for text in request.form.getlist(SENT))
    version = sent.get(str(grant.id))
    return version is None or is_digest_of(version, *_shown(grant))
