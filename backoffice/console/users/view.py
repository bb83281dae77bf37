"""The users of the application."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired

from backoffice.accounts import follow_rename, is_granted, protected_users
from backoffice.console.auth import OPENING, SENDING, require_proof
from backoffice.console.base import person
from backoffice.console.http import address_of
from backoffice.console.presenters import REQUIRED
from backoffice.console.records import RecordForm, RecordView
from backoffice.console.users.passwords import PasswordPages, check_may_touch
from backoffice.exceptions import Invalid
from backoffice.extensions import db
from backoffice.models import Administrator, User, clean_email, clean_username, taken
from backoffice.permissions import may

POSTS, PASSWORD = lazy_gettext("Posts"), lazy_gettext("Password")
# What somebody who has access signs in by.
NAMES = frozenset({"username", "email"})


class UserView(PasswordPages, RecordView):
    """`/admin/user/`. A password is set on a page of its own, and shown nowhere."""

    acts = {**RecordView.acts, "password_view": "edit", "password_link_view": "edit"}
    needs_proof = {"password_view": OPENING, "password_link_view": SENDING, "export": OPENING}
    holds_access = True
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
            {"label": POSTS, "icon": "chat-left-text", "url": posts_url(key)},
            *super().links(key),
        ]
        if self.edit_url(key):
            links.append({"label": PASSWORD, "icon": "key", "url": self._page_of("password", key)})
        return links

    def edit_url(self, key: Any) -> str | None:
        """Where a user is edited; whoever has access only by those who administer it."""
        return None if key in _closed() else super().edit_url(key)

    def is_access(self, keys: Collection[Any]) -> bool:
        return not _granted().isdisjoint(keys)

    def before_save(self, form: RecordForm, record: Any) -> None:
        """Take in names and addresses as they are kept, and refuse those that somebody has."""
        if record.id is not None:
            check_may_touch(record.id)
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


def posts_url(user_id: int) -> str:
    """The list of one user's posts."""
    return f"{address_of('post.index_view')}?author_is=%23{user_id}"


def _closed() -> set[int]:
    """The users whom the person who is signed in may not edit; asked for every row of a list."""
    if "closed" not in g:
        g.closed = set() if may(person(), "administer") else _granted()
    closed: set[int] = g.closed
    return closed


def _granted() -> set[int]:
    """The users who have access; asked for every row of a list."""
    if "granted" not in g:
        g.granted = set(db.session.scalars(select(Administrator.user_id)))
    granted: set[int] = g.granted
    return granted
