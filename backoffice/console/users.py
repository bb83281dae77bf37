"""The users of the application."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from backoffice.accounts.account import Account, find_account
from backoffice.accounts.administrators import follow_rename
from backoffice.accounts.passwords import set_password
from backoffice.accounts.protection import is_granted, protected_users
from backoffice.console.addresses import inside
from backoffice.console.base import back, person
from backoffice.console.digests import digest, is_digest_of
from backoffice.console.forms import RecordForm
from backoffice.console.proof import OPENING, require_proof
from backoffice.console.record_view import RecordView
from backoffice.console.translated_form import REQUIRED, TranslatedForm
from backoffice.console.versions import SENT
from backoffice.exceptions import Conflict, Forbidden, Invalid
from backoffice.extensions import db
from backoffice.models import Administrator, User
from backoffice.models.identity import clean_email, clean_username, taken
from backoffice.models.password import is_foreign
from backoffice.permissions import may

# What somebody who has access signs in by.
NAMES = frozenset({"username", "email"})


class PasswordForm(TranslatedForm):
    """A new password, typed twice."""

    password = PasswordField(
        lazy_gettext("New password"),
        [InputRequired(REQUIRED)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        lazy_gettext("The same again"),
        [EqualTo("password", lazy_gettext("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class UserView(RecordView):
    """`/admin/user/`. A password is set on a page of its own, and shown nowhere."""

    acts = {**RecordView.acts, "password_view": "edit"}
    needs_proof = {"password_view": OPENING, "export": OPENING}
    icon = "people"
    title = lazy_gettext("Users")
    singular = lazy_gettext("user")
    plural = lazy_gettext("users")

    column_list = ("id", "username", "email")
    column_filters = ("username", "email")
    column_searchable_list = ("username", "email")
    column_sortable_list = ("id", "username", "email")
    column_default_sort = ("id", True)
    column_labels = {
        "id": lazy_gettext("Number"),
        "username": lazy_gettext("Username"),
        "email": lazy_gettext("Email"),
    }
    form_columns = ("username", "email")
    form_args = {
        "username": {"validators": [InputRequired(REQUIRED)]},
        "email": {"validators": [InputRequired(REQUIRED)]},
    }

    def links(self, key: Any) -> list[dict[str, Any]]:
        links = [
            {"label": _("Posts"), "icon": "chat-left-text", "url": posts_url(key)},
            *super().links(key),
        ]
        if self.edit_url(key):
            url = url_for("user.password_view", id=key)
            links.append({"label": _("Set password"), "icon": "key", "url": url})
        return links

    def edit_url(self, key: Any) -> str | None:
        """Where a user is edited; whoever has access only by those who administer it."""
        is_closed = not may(person(), "administer") and key in _granted()
        return None if is_closed else super().edit_url(key)

    def before_save(self, form: RecordForm, record: Any) -> None:
        """Take in names and addresses as they are kept, and refuse those that somebody has."""
        if record.id is not None:
            _check_may_touch(record.id)
            if NAMES.intersection(form.edited) and is_granted(record.id):
                require_proof()
        if "username" in form.edited:
            form["username"].data = self._free(record, User.username, clean_username(form["username"].data))
            if record.id is not None:
                follow_rename(record.id, record.username, form["username"].data)
        if "email" in form.edited:
            form["email"].data = self._free(record, User.email, clean_email(form["email"].data))

    def _free(self, record: Any, column: Any, value: str) -> str:
        if taken(db.session, column, value, except_id=record.id):
            raise Invalid(
                _("There is a user called that already.")
                if column is User.username
                else _("A user with this address is there already."),
                column.key,
            )
        return value

    def protected(self, session: Session, keys: Collection[Any]) -> Mapping[Any, str]:
        """One's own account, the last administrator, and whoever is above one's own role."""
        return protected_users(session, keys)

    @expose("/password/", methods=("GET", "POST"))
    def password_view(self) -> ResponseReturnValue:
        user = self.record_or_404(request.args.get("id"))
        _check_may_touch(user.id)
        account, name, key = find_account(user.id), user.username, user.id
        form, status = PasswordForm(request.form), 422
        try:
            is_set = request.method == "POST" and form.validate() and self._set_password(form, account)
        except Conflict as conflict:
            is_set, status = False, 409
            again = _("If yours is to replace that one, please set it again.")
            form.form_errors.append(f"{conflict} {again}")
        if is_set:
            flash(_("%(name)s has a new password.", name=name), "success")
            return back(url_for(".details_view", id=key))
        return_url = inside(request.values.get("url"))
        page = self.render(
            "records/password.html",
            title=_("Password of %(name)s", name=name),
            breadcrumbs=self.breadcrumbs(key),
            username=name,
            foreign=is_foreign(account.password_holder.password_hash),
            form=form,
            version=[(SENT, digest(*_shown(account)))],
            save_label=_("Set password"),
            cancel_url=return_url or url_for(".details_view", id=key),
            return_url=return_url,
        )
        return page, status if form.errors else 200

    def _set_password(self, form: PasswordForm, account: Account) -> bool:
        try:
            # The page has said what is at stake where the hash is another application's.
            set_password(
                account.user.id, form["password"].data, force=True, is_as_shown=_has_password_as_shown
            )
        except Invalid as error:
            form["password"].errors = [str(error)]
            return False
        return True


def _shown(account: Account) -> tuple[Any, ...]:
    """The password that the page is about to replace; nothing of it can be found out from its digest."""
    return "password", account.user.id, account.user.username, account.password_holder.password_hash


def _has_password_as_shown(account: Account) -> bool:
    version = request.form.get(SENT)
    return version is None or is_digest_of(version, *_shown(account))


def posts_url(user_id: int) -> str:
    """The list of one user's posts."""
    return f"{url_for('post.index_view')}?author_is=%23{user_id}"


def _check_may_touch(user_id: int) -> None:
    """An administrator's account is for those who administer accounts: whoever edits it could use it."""
    if not may(person(), "administer") and is_granted(user_id):
        raise Forbidden(_("This user is an administrator, whose account your role does not let you change."))


def _granted() -> Collection[int]:
    """The users who have access; asked for every row of a list."""
    if "granted" not in g:
        g.granted = set(db.session.scalars(select(Administrator.user_id)))
    granted: Collection[int] = g.granted
    return granted
