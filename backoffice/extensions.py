"""The extensions, not yet bound to an application; `create_app` binds them."""

from functools import cached_property
from typing import TYPE_CHECKING

from babel.support import NullTranslations, Translations
from flask_babel import Babel, Domain, _get_current_context
from flask_bcrypt import Bcrypt
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.model import Model as QueryingModel
from flask_wtf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """What the models of one application share."""


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:

    class Model(QueryingModel, DeclarativeBase):
        """`db.Model`, which is made at run time, as the type checker sees it."""

else:
    Model = db.Model


class Texts(Domain):
    """The texts in the reader's language, whose catalogue is looked for once a page, which has hundreds."""

    def get_translations(self) -> NullTranslations | Translations:
        """The catalogue. Flask-Babel itself forgets it here where the language changes."""
        context = _get_current_context()
        found = getattr(context, "babel_translations", None)
        if found is None:
            found = super().get_translations()
            if context is not None:
                context.babel_translations = found
        return found


class TranslatingBabel(Babel):
    """Flask-Babel with these texts."""

    @cached_property
    def domain_instance(self) -> Texts:
        """The texts of the application."""
        return Texts(domain=self.domain)


migrate = Migrate()
bcrypt = Bcrypt()
login_manager = LoginManager()
csrf = CSRFProtect()
babel = TranslatingBabel()
