"""What an operation on a selection keeps of what it was about."""

from collections.abc import Sequence

from backoffice.bulk.selections import saved_query_of
from backoffice.history import Facts, about_list, about_rows
from backoffice.models import RowKey, Selection
from backoffice.registry import registry


def about_selection(selection: Selection, rows: int, first: Sequence[RowKey]) -> Facts:
    """So many rows of a selection, of which these are the `first` keys."""
    if rows == 1 and first:
        return registry().about(selection.table_name, first[0])
    matching = saved_query_of(selection)
    if matching is None:
        return about_rows(rows)
    return about_list(rows, matching.filters, matching.search, matching.zone)
