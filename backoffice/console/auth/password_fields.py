"""The fields in which somebody chooses a password: any characters, pasted if wished, typed twice."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from backoffice.console.presenters import REQUIRED

FOR_MANAGERS = {"autocomplete": "new-password"}


def new_password() -> PasswordField:
    """The new one."""
    return PasswordField(
        lazy_gettext("New password"),
        [InputRequired(REQUIRED)],
        description=LazyString(_advice),
        render_kw=FOR_MANAGERS,
    )


def same_again(name: str) -> PasswordField:
    """The same as in the field of this name."""
    return PasswordField(
        lazy_gettext("New password, again"),
        [InputRequired(REQUIRED), EqualTo(name, lazy_gettext("This is not the same as above."))],
        render_kw=FOR_MANAGERS,
    )


def _advice() -> str:
    shortest = current_app.config["MIN_PASSWORD_LENGTH"]
    return str(_("At least %(shortest)s characters. A few words make a good one.", shortest=shortest))
