"""The console: a Flask-Admin whose views are ours, and what answers beside them."""

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, BaseView
from flask_babel import lazy_gettext

from backoffice.accounts import protected_accounts, protected_grants, protected_users, somebody_left
from backoffice.console.account import AccountView, ReauthenticationView, SecondFactorView, SessionsView
from backoffice.console.administrators import AdministratorView, SecondFactorResetView
from backoffice.console.auth import mfa_challenge, password, reauthentication, sign_in
from backoffice.console.history import HistoryView
from backoffice.console.http import assets, compression, cookies, errors, headers, health, submissions
from backoffice.console.posts import PostView
from backoffice.console.presenters import formats, table_markup
from backoffice.console.records import RecordView, expired_forms
from backoffice.console.security_log import SecurityLogView
from backoffice.console.shell import Dashboard, PaletteView, ThemeView, navigation
from backoffice.console.users import UserView
from backoffice.models import Administrator, Post, User
from backoffice.registry import Guard, Registry, make_registry, registry

RECORDS = lazy_gettext("Records")
TRUST = lazy_gettext("Trust")
ACCESS = lazy_gettext("Access")


class Console(Admin):
    """Flask-Admin; the views over tables are in the registry."""

    def add_view(self, view: BaseView) -> None:
        """Add a view; one over a table answers for it from here on, to the workers too."""
        super().add_view(view)
        if isinstance(view, RecordView):
            registry(self.app).register(view)


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
        submissions,
        expired_forms,
        reauthentication,
        navigation,
    )
    for part in parts:
        part.init_app(app)
    app.register_blueprint(sign_in)
    app.register_blueprint(password)
    app.register_blueprint(mfa_challenge)
    app.register_blueprint(health)
    app.add_url_rule("/", "home", _home)
    tables = make_registry(app)
    console = Console(app, name="Backoffice", index_view=Dashboard())
    console.add_view(UserView(User, category=RECORDS))
    _guard_access(tables)
    console.add_view(PostView(Post, category=RECORDS))
    console.add_view(HistoryView(name=lazy_gettext("History"), category=TRUST, endpoint="history"))
    console.add_view(
        AdministratorView(name=lazy_gettext("Administrators"), category=ACCESS, endpoint="administrator")
    )
    console.add_view(SecurityLogView(name=lazy_gettext("Security log"), category=ACCESS, endpoint="security"))
    console.add_view(AccountView(name=lazy_gettext("Your account"), category=ACCESS, endpoint="account"))
    console.add_view(SessionsView(endpoint="sessions"))
    console.add_view(ReauthenticationView(endpoint="proof"))
    console.add_view(SecondFactorView(endpoint="second_factor", url="second-factor"))
    console.add_view(SecondFactorResetView(endpoint="second_factor_reset", url="administrator/second-factor"))
    console.add_view(ThemeView(endpoint="theme"))
    console.add_view(PaletteView(endpoint="palette"))
    return console


def _guard_access(tables: Registry) -> None:
    """Have whatever is done to many, or undone, leave those who have access what they need for it."""
    grants = Guard(protected_grants, frozenset({"role", "disabled_at", "user_id"}), watch=somebody_left)
    names = frozenset({"username", "email", "password_hash"})
    users = Guard(protected_users, names, protected_accounts, somebody_left)
    tables.guard(Administrator.__tablename__, grants)
    tables.guard(User.__tablename__, users)


def _home() -> ResponseReturnValue:
    return redirect(url_for("admin.index"))
