"""The extensions, not yet bound to an application; `create_app` binds them."""

from typing import TYPE_CHECKING

from flask_babel import Babel
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

migrate = Migrate()
bcrypt = Bcrypt()
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
