"""The pages over the records of one table: a Flask-Admin ModelView on which every view of ours is built."""

from typing import ClassVar

from backoffice.console.records.autocomplete import Lookup
from backoffice.console.records.autosave_pages import DraftPages
from backoffice.console.records.base import Records
from backoffice.console.records.bulk_delete import DeletionPages
from backoffice.console.records.bulk_edit import EditingPages
from backoffice.console.records.bulk_select import SelectionPages
from backoffice.console.records.conflict_page import ConflictPages
from backoffice.console.records.edit import FormPages
from backoffice.console.records.export import ExportPage
from backoffice.console.records.list import ListPage
from backoffice.console.records.quick_search import Find
from backoffice.console.records.save import Saving


class RecordView(
    DeletionPages,
    EditingPages,
    SelectionPages,
    ListPage,
    DraftPages,
    FormPages,
    ConflictPages,
    Saving,
    ExportPage,
    Lookup,
    Find,
    Records,
):
    """What a view of one's own derives from.

    It is declared in Flask-Admin's words: `column_list`, `column_filters`, `column_searchable_list`,
    `column_sortable_list`, `column_default_sort`, `form_columns` and so on. Raises ValueError, when it is
    made, where it names a column that is secret, or one that cannot do what it is named for.
    """

    acts: ClassVar[dict[str, str]] = {
        "index_view": "view",
        "details_view": "view",
        "create_view": "create",
        "edit_view": "edit",
        "draft_view": "view",
        "discard_view": "view",
        "delete_view": "delete",
        "action_view": "bulk",
        "selection_view": "delete",
        "edit_selection_view": "edit",
        "export": "export",
        "ajax_lookup": "view",
        "ajax_update": "edit",
    }
