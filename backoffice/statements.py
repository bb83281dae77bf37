"""Types of SQLAlchemy where nobody knows beforehand which columns a statement has, or which session it is."""

from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select, SQLColumnExpression
from sqlalchemy.orm import Session, scoped_session

# Flask-SQLAlchemy's `db.session` stands for a session of each thread.
AnySession = Session | scoped_session[Any]
# What the columns of one statement hold.
Held = TypeVarTuple("Held")
AnySelect = Select[*tuple[object, ...]]
AnyRow = Row[*tuple[object, ...]]
# A column, an attribute of a model, or what is computed of them.
Expression = SQLColumnExpression[object]
