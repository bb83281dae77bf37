"""What the console knows of each table: its view, what bulk work may do to it, and what guards its rows."""

from backoffice.registry.bulk_target import BulkTarget
from backoffice.registry.column_labels import column_label, relations_of
from backoffice.registry.guard import Guard
from backoffice.registry.heading import Heading
from backoffice.registry.registry import Registry, make_registry, registry
from backoffice.registry.table_view import TableView

__all__ = [
    "BulkTarget",
    "Guard",
    "Heading",
    "Registry",
    "TableView",
    "column_label",
    "make_registry",
    "registry",
    "relations_of",
]
