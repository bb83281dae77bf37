"""What the list of a view is of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import url_for

from backoffice.console import lists
from backoffice.console.lists import ListSource, files_at
from backoffice.listing import Listing, Relation

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


def source_of(view: "RecordView") -> ListSource:
    """Its columns, and its files for those who may have them."""
    files = files_at(f"{view.endpoint}.export") if view.allows("export") else None
    lookups = {
        column.name: url_for(f"{view.endpoint}.ajax_lookup", name=column.name)
        for column in view.columns.filtered
        if isinstance(column, Relation)
    }
    return ListSource(view.columns, view.export_columns, view.urls.list(), files=files, lookups=lookups)


def listing_of(view: "RecordView", arguments: Mapping[str, str], size: int | None = None) -> Listing:
    """The list of the view that an address asks for."""
    return lists.listing_of(source_of(view), arguments, size)
