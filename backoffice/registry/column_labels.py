"""What the columns of a table are called, for whoever knows them by the database's names only."""

from collections.abc import Iterator

from backoffice.listing import Relation
from backoffice.models import is_secret
from backoffice.registry.registry import registry
from backoffice.registry.table_view import TableView


def relations_of(view: TableView) -> Iterator[tuple[str, Relation]]:
    """The relations of a view, by the column that holds the key of the other record."""
    for name in view.relation_labels:
        relation = view.columns[name]
        if isinstance(relation, Relation):
            yield relation.attribute.property.columns[0].name, relation


def column_label(table: str | None, column: str) -> str:
    """What a column is called: as the view over the table calls it, or else its own name, made readable."""
    view = registry().view_of(table) if table is not None else None
    label = _label_of(view, column) if view is not None else None
    return label or column.replace("_", " ").capitalize()


def _label_of(view: TableView, column: str) -> str | None:
    relation = dict(relations_of(view)).get(column)
    if relation is not None:
        return str(relation.label)
    known = view.sql_table.columns.get(column)
    if known is None or is_secret(column):
        return None
    attribute = view.model.__mapper__.get_property_by_column(known).key
    return None if is_secret(attribute) else str(view.columns[attribute].label)
