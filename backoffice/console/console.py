"""The console: a Flask-Admin whose views are ours, and what answers beside them."""

from typing import Any

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, BaseView
from flask_babel import lazy_gettext

from backoffice.accounts import protected_accounts, protected_grants, protected_users, somebody_left
from backoffice.console.account import AccountView, ProofView, SecondFactorView, SessionsView
from backoffice.console.administrators import AdministratorView, SecondFactorResetView
from backoffice.console.auth import password, reauthentication, second_step, sign_in
from backoffice.console.history import HistoryView
from backoffice.console.http import assets, compression, cookies, errors, headers, health
from backoffice.console.posts import PostView
from backoffice.console.presenters import formats, table_markup
from backoffice.console.records import RecordView, expired_forms
from backoffice.console.security_log import SecurityLogView
from backoffice.console.shell import Dashboard, PaletteView, ThemeView, navigation
from backoffice.console.users import UserView
from backoffice.models import Administrator, Post, User
from backoffice.work import Protection, add_protection, add_subject

RECORDS = lazy_gettext("Records")
TRUST = lazy_gettext("Trust")
ACCESS = lazy_gettext("Access")


class Console(Admin):
    """Flask-Admin, with the views of ours by the model that they are over."""

    def __init__(self, app: Flask) -> None:
        self._by_model: dict[type[Any], RecordView] = {}
        super().__init__(app, name="Backoffice", index_view=Dashboard())

    def view_of(self, model: type[Any]) -> RecordView | None:
        """The view over this model, if there is one."""
        return self._by_model.get(model)

    def add_view(self, view: BaseView) -> None:
        """Add a view; what bulk work has to know of its table is known to the workers from here on."""
        super().add_view(view)
        if isinstance(view, RecordView):
            add_subject(self.app, view.subject())
            self._by_model.setdefault(view.model, view)

    @property
    def record_views(self) -> list[RecordView]:
        """The views over records."""
        return [view for view in self._views if isinstance(view, RecordView)]


def init_app(app: Flask) -> Console:
    """Give the application its pages. A view of one's own is added to the console with `add_view`."""
    parts = (
        cookies,
        headers,
        compression,
        assets,
        formats,
        table_markup,
        errors,
        expired_forms,
        reauthentication,
        navigation,
    )
    for part in parts:
        part.init_app(app)
    app.register_blueprint(sign_in)
    app.register_blueprint(password)
    app.register_blueprint(second_step)
    app.register_blueprint(health)
    app.add_url_rule("/", "home", _home)
    console = Console(app)
    console.add_view(UserView(User, category=RECORDS))
    _protect_access(app)
    console.add_view(PostView(Post, category=RECORDS))
    console.add_view(HistoryView(name=lazy_gettext("History"), category=TRUST, endpoint="history"))
    console.add_view(
        AdministratorView(name=lazy_gettext("Administrators"), category=ACCESS, endpoint="administrator")
    )
    console.add_view(SecurityLogView(name=lazy_gettext("Security log"), category=ACCESS, endpoint="security"))
    console.add_view(AccountView(name=lazy_gettext("Your account"), category=ACCESS, endpoint="account"))
    console.add_view(SessionsView(endpoint="sessions"))
    console.add_view(ProofView(endpoint="proof"))
    console.add_view(SecondFactorView(endpoint="second_factor", url="second-factor"))
    console.add_view(SecondFactorResetView(endpoint="second_factor_reset", url="administrator/second-factor"))
    console.add_view(ThemeView(endpoint="theme"))
    console.add_view(PaletteView(endpoint="palette"))
    return console


def _protect_access(app: Flask) -> None:
    """Have whatever is done to many, or undone, leave those who have access what they need for it."""
    grants = Protection(protected_grants, frozenset({"role", "disabled_at", "user_id"}), watch=somebody_left)
    names = frozenset({"username", "email", "password_hash"})
    users = Protection(protected_users, names, protected_accounts, somebody_left)
    add_protection(app, Administrator.__tablename__, grants)
    add_protection(app, User.__tablename__, users)


def _home() -> ResponseReturnValue:
    return redirect(url_for("admin.index"))
