"""The types of SQLAlchemy where nobody knows beforehand which columns a statement has."""

from sqlalchemy import Row, Select, SQLColumnExpression

AnySelect = Select[*tuple[object, ...]]
AnyRow = Row[*tuple[object, ...]]
# A column, an attribute of a model, or what is computed of them.
Expression = SQLColumnExpression[object]
