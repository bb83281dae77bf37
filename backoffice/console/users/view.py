"""The users of the application."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import g
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired

from backoffice.accounts import follow_rename, is_granted, protected_users, refuse_taken
from backoffice.console.auth import require_reauthentication
from backoffice.console.http import address_of, person
from backoffice.console.page import OPENING, SENDING, page
from backoffice.console.presenters import REQUIRED
from backoffice.console.records import ExportPage, RecordForm, RecordView
from backoffice.console.users.passwords import PasswordLinkPage, PasswordPage, check_may_touch
from backoffice.extensions import db
from backoffice.models import Administrator, RowKey, User, clean_email, clean_username
from backoffice.permissions import may

POSTS, PASSWORD = lazy_gettext("Posts"), lazy_gettext("Password")
# What somebody who has access signs in by.
NAMES = frozenset({"username", "email"})


class UserView(RecordView):
    """`/admin/user/`. A password is set on a page of its own, and shown nowhere."""

    export = page("/export/<export_type>/", ExportPage, "export", reauthentication=OPENING)
    password_view = page("/password/", PasswordPage, "edit", reauthentication=OPENING)
    password_link_view = page("/password-link/", PasswordLinkPage, "edit", reauthentication=SENDING)
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

    def links(self, key: RowKey) -> list[dict[str, str]]:
        links = [
            {"label": POSTS, "icon": "chat-left-text", "url": posts_url(key)},
            *super().links(key),
        ]
        if self.edit_url(key):
            links.append({"label": PASSWORD, "icon": "key", "url": self.urls.of_record("password_view", key)})
        return links

    def is_editable(self, key: RowKey) -> bool:
        """Whoever has access is edited only by those who administer it."""
        return key not in _closed()

    def is_access(self, keys: Collection[RowKey]) -> bool:
        return not _granted().isdisjoint(keys)

    def before_save(self, form: RecordForm, record: Any) -> None:
        """Take in names and addresses as they are kept, and refuse those that somebody has."""
        if record.id is not None:
            check_may_touch(record.id)
            if NAMES.intersection(form.edited) and is_granted(record.id):
                require_reauthentication()
        if "username" in form.edited:
            name = form["username"].data = clean_username(form["username"].data)
            refuse_taken(User.username, name, except_id=record.id)
            if record.id is not None:
                follow_rename(record.id, record.username, name)
        if "email" in form.edited:
            form["email"].data = clean_email(form["email"].data)
            refuse_taken(User.email, form["email"].data, except_id=record.id)

    def protected(self, session: Session, keys: Collection[RowKey]) -> Mapping[RowKey, str]:
        """One's own account, the last administrator, and whoever is above one's own role."""
        return protected_users(session, keys)


def posts_url(user_id: RowKey) -> str:
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
